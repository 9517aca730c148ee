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
  package func prepare(weight: Tensor, bias: Tensor?) -> any PreparedWeight {
    precondition(bias.map { $0.elementCount == weight[0] } ?? true)
    return ReferenceWeight(weight: weight, bias: bias)
  }

  /// What `prepare` made.
  func own(_ weight: any PreparedWeight) -> ReferenceWeight {
    guard let own = weight as? ReferenceWeight else {
      preconditionFailure("the weight was prepared by another backend")
    }
    return own
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

/// A weight in the form in which it is stored.
final class ReferenceWeight: PreparedWeight {
  let weight: Tensor
  let bias: Tensor?

  init(weight: Tensor, bias: Tensor?) {
    (self.weight, self.bias) = (weight, bias)
  }

  var shape: Shape { weight.shape }
  var byteCount: Int { weight.byteCount + (bias?.byteCount ?? 0) }
}
