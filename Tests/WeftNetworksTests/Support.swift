import Foundation
import WeftFiles
import WeftFormats
import WeftKernels
import WeftNetworks
import WeftTensors

/// Inputs and outputs of diffusers and transformers, `Tests/Fixtures/networks/NAME.safetensors`.
struct Golden {
  let checkpoint: Checkpoint

  init(_ name: String) throws {
    let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    checkpoint = try Checkpoint.open(
      folder.appending(path: "Fixtures/networks/\(name).safetensors").path)
  }

  /// A stored tensor as float32.
  func tensor(_ name: String) throws -> Tensor {
    guard let stored = checkpoint[name] else { throw AbsentTensor(name: name) }
    let bytes = ByteBuffer(byteCount: stored.info.byteCount)
    try stored.read(at: 0, into: bytes.all)
    if stored.info.dtype.kind != .float {
      return Tensor(stored.info.shape, try integers(name).map(Float.init))
    }
    let values = ByteBuffer(byteCount: stored.info.elementCount * 4)
    var tally = Tally()
    Kernels.best.convert(bytes.all, stored.info.dtype, into: values.all, .f32, tally: &tally)
    return Tensor(shape: stored.info.shape, buffer: values)
  }

  /// A stored tensor of I32 or I64.
  func integers(_ name: String) throws -> [Int] {
    guard let stored = checkpoint[name] else { throw AbsentTensor(name: name) }
    let bytes = ByteBuffer(byteCount: stored.info.byteCount)
    try stored.read(at: 0, into: bytes.all)
    return bytes.all.array.withUnsafeBytes { raw in
      stored.info.dtype == .i64
        ? raw.bindMemory(to: Int64.self).map(Int.init)
        : raw.bindMemory(to: Int32.self).map(Int.init)
    }
  }

  struct AbsentTensor: Error { let name: String }
}

/// Weights by the rule `weft-hash-v1`, which the goldens' networks have.
struct HashSource: WeightSource {
  let path = "weft-hash-v1"
  let tag: String
  var shapes: [String: Shape]

  /// The weights of an architecture's component with some of its numbers replaced.
  init(
    tag: String, architecture: String, component: String, _ dimensions: Dimensions = [:]
  ) throws {
    let library = try FormatLibrary.embedded()
    guard let found = library.architectures.first(where: { $0.id == architecture }) else {
      throw Golden.AbsentTensor(name: architecture)
    }
    let tensors = try found.expanded([component: dimensions], only: component)
    self.init(
      tag: tag,
      shapes: Dictionary(uniqueKeysWithValues: tensors.map { ($0.name.path, $0.shape) }))
  }

  init(tag: String, shapes: [String: Shape]) {
    (self.tag, self.shapes) = (tag, shapes)
  }

  func shape(_ name: String) -> Shape? { shapes[name] }

  func read(_ name: String, into target: ByteSlice) throws {
    guard let shape = shapes[name] else { throw Golden.AbsentTensor(name: name) }
    HashWeights(tag: tag, name: name, kind: HashWeights.Kind(name: name, shape: shape))
      .write(0..<(shape.checkedElementCount ?? 0), into: target, .f32)
  }
}

/// Remembers the outputs of every module.
final class Recorder: ActivationObserver, @unchecked Sendable {
  private(set) var outputs: [String: Tensor] = [:]
  private(set) var order: [String] = []

  func wants(_ path: String) -> Bool { true }

  func observe(_ path: String, _ output: Tensor) {
    outputs[path] = Tensor(output.shape, output.floats)
    order.append(path)
  }
}

/// `‖a − b‖ / ‖b‖` in float64.
func relativeL2(_ a: [Float], _ b: [Float]) -> Double {
  guard a.count == b.count else { return .infinity }
  var (difference, norm) = (0.0, 0.0)
  for (x, y) in zip(a, b) {
    difference += (Double(x) - Double(y)) * (Double(x) - Double(y))
    norm += Double(y) * Double(y)
  }
  return (difference / norm).squareRoot()
}

/// The largest error of a network in float32: the goldens' own error against float64 is 1e-6.
let networkTolerance = 2e-5
