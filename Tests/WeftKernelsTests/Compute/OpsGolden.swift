import Foundation
import WeftFiles
import WeftKernels
import WeftTensors

/// Inputs and outputs of torch, `Tests/Fixtures/networks/ops.safetensors`.
struct OpsGolden {
  private let checkpoint: Checkpoint

  init() throws {
    let tests = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    checkpoint = try Checkpoint.open(
      tests.appending(path: "Fixtures/networks/ops.safetensors").path)
  }

  /// A stored tensor.
  subscript(name: String) -> Tensor {
    get throws {
      guard let stored = checkpoint[name] else { throw Absent(name: name) }
      let bytes = ByteBuffer(byteCount: stored.info.byteCount)
      try stored.read(at: 0, into: bytes.all)
      let values = ByteBuffer(byteCount: stored.info.elementCount * 4)
      var tally = Tally()
      Kernels.best.convert(bytes.all, stored.info.dtype, into: values.all, .f32, tally: &tally)
      return Tensor(shape: stored.info.shape, buffer: values)
    }
  }

  /// A weight by the rule `weft-hash-v1`, as the golden's generator has them.
  static func weight(_ name: String, _ shape: Shape, _ kind: HashWeights.Kind? = nil) -> Tensor {
    let buffer = ByteBuffer(byteCount: (shape.checkedElementCount ?? 0) * 4)
    let rule = kind ?? HashWeights.Kind(name: name, shape: shape)
    HashWeights(tag: "w1", name: name, kind: rule)
      .write(0..<(shape.checkedElementCount ?? 0), into: buffer.all, .f32)
    return Tensor(shape: shape, buffer: buffer)
  }

  private struct Absent: Error { let name: String }
}

/// `‖a − b‖ / ‖b‖` in float64; infinite when the shapes differ.
func relativeL2(_ a: Tensor, _ b: Tensor) -> Double {
  guard a.shape == b.shape else { return .infinity }
  return relativeL2(a.floats.map(Double.init), b.floats.map(Double.init))
}

/// `‖a − b‖ / ‖b‖`; infinite when the counts differ.
func relativeL2(_ a: [Double], _ b: [Double]) -> Double {
  guard a.count == b.count else { return .infinity }
  let difference = zip(a, b).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
  return (difference / b.reduce(0) { $0 + $1 * $1 }).squareRoot()
}

/// A tensor of about normal values.
func randomTensor(_ shape: Shape, seed: UInt64, _ deviation: Double = 1) -> Tensor {
  var generator = Generator(state: seed)
  return Tensor(
    shape, (0..<(shape.checkedElementCount ?? 0)).map { _ in Float(generator.normal(deviation)) })
}

extension Tensor {
  /// Heads `[1, heads, T, C]` side by side in the channels, `[1, T, heads · C]`.
  var headsBesideEachOther: Tensor {
    let (heads, tokens, channels) = (self[1], self[2], self[3])
    let values = floats
    var moved: [Float] = []
    for token in 0..<tokens {
      for head in 0..<heads {
        let first = (head * tokens + token) * channels
        moved += values[first..<first + channels]
      }
    }
    return Tensor([1, tokens, heads * channels], moved)
  }
}
