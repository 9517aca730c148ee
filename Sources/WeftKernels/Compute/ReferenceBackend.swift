import CKernels
import WeftTensors

/// The judge: float32, OpenBLAS for products, plain loops for everything else.
///
/// The work is divided in tiles that depend on the shapes alone, and a sum is never divided, so that the bits of the
/// results are the same for any number of threads. Memory: besides the tensors, some MiB a thread.
package final class ReferenceBackend: Backend {
  package let name = "reference"
  package let pool = TensorPool()
  let threads: Int
  let kernels: ComputeKernels

  /// Makes a backend that works on so many threads.
  ///
  /// - Throws: when OpenBLAS is missing.
  package init(threads: Int, _ set: InstructionSet = .best) throws(OpenBLASMissing) {
    precondition(threads > 0)
    guard weft_lapack_load() else { throw OpenBLASMissing() }
    self.threads = threads
    kernels = ComputeKernels(set)
  }

  /// All of its tensors are plain.
  package func plain(_ x: Tensor) -> Tensor { x }

  /// A weight is kept as it is.
  package func prepare(
    weight: Tensor, bias: Tensor?, layer: String = ""
  ) -> any PreparedWeight {
    precondition(bias.map { $0.elementCount == weight[0] } ?? true)
    return ReferenceWeight(weight: weight, bias: bias)
  }

  /// A stored weight is kept, too; every use makes its values.
  package func prepare(
    stored weight: any StoredWeight, bias: Tensor?, layer: String = ""
  ) -> any PreparedWeight {
    precondition(bias.map { $0.elementCount == weight.shape.dimensions[0] } ?? true)
    return StoredReferenceWeight(weight: weight, bias: bias)
  }

  package var copiesWeights: Bool { false }

  package var weightElementByteCount: Int { Tensor.elementByteCount }

  package var activationElementByteCount: Int { Tensor.elementByteCount }

  package func expansionByteCount(elementCount: Int) -> Int {
    elementCount * Tensor.elementByteCount
  }

  /// What `prepare` made, with its values.
  func own(_ weight: any PreparedWeight) throws -> ReferenceWeight {
    if let stored = weight as? StoredReferenceWeight { return try expanded(stored) }
    guard let own = weight as? ReferenceWeight else {
      preconditionFailure("the weight was prepared by another backend")
    }
    return own
  }

  private func expanded(_ weight: StoredReferenceWeight) throws -> ReferenceWeight {
    let (stored, values) = (weight.weight, pool.tensor(weight.shape))
    let rowByteCount = stored.depth * Tensor.elementByteCount
    try inParts(of: weight.shape.dimensions[0], size: stored.outputCount(perPart: 256 << 10)) {
      try stored.read(
        outputs: $0,
        into: values.values[$0.lowerBound * rowByteCount..<$0.upperBound * rowByteCount])
    }
    return ReferenceWeight(weight: values, bias: weight.bias)
  }

  /// The tensor itself when nobody else holds it, or room for another of its shape.
  func room(for x: inout Tensor) -> Tensor { x.isUnshared() ? x : pool.tensor(x.shape) }

  /// Memory for each worker of a loop of so many items.
  func scratch(_ elementCount: Int, items: Int) -> [Tensor] {
    (0..<min(threads, max(items, 1))).map { _ in pool.tensor([elementCount]) }
  }

  /// Calls `body` with ranges of a count that are `size` long, on all threads.
  func inParts(
    of count: Int, size: Int, _ body: @Sendable (Range<Int>) throws -> Void
  ) throws {
    let parts = (count + size - 1) / size
    try Parallel.run(threads: threads, count: parts) { _, part in
      try body(part * size..<min(count, (part + 1) * size))
    }
  }
}

/// A weight of float32.
final class ReferenceWeight: PreparedWeight {
  let weight: Tensor
  let bias: Tensor?

  init(weight: Tensor, bias: Tensor?) {
    (self.weight, self.bias) = (weight, bias)
  }

  var shape: Shape { weight.shape }
  var byteCount: Int { weight.byteCount + (bias?.byteCount ?? 0) }
}

/// A weight in the form in which a file has it.
final class StoredReferenceWeight: PreparedWeight {
  let weight: any StoredWeight
  let bias: Tensor?

  init(weight: any StoredWeight, bias: Tensor?) {
    (self.weight, self.bias) = (weight, bias)
  }

  var shape: Shape { weight.shape }
  var byteCount: Int { weight.byteCount + (bias?.byteCount ?? 0) }
}
