import WeftTensors
import WeftKernels
import WeftNetworks

/// The outputs of every module of one run, in the order in which modules ended.
///
/// Tensors are kept as they are, not copied: what is kept is not overwritten.
final class ActivationTrace: ActivationObserver, @unchecked Sendable {
  /// The outputs.
  private(set) var outputs: [(path: String, tensor: Tensor)] = []

  func wants(_ path: String) -> Bool { true }

  func observe(_ path: String, _ output: Tensor) {
    outputs.append((path, output))
  }
}

/// Compares the outputs of every module with those of another run on the same inputs.
///
/// A module that the other run did not have, or had with another shape, is remembered as absent.
final class TraceComparer: ActivationObserver, @unchecked Sendable {
  /// The differences by path, in the order of the modules.
  private(set) var results: [(path: String, numbers: Comparison)] = []
  /// The modules that cannot be compared.
  private(set) var absent: [String] = []
  private var expected: [String: Tensor]

  /// Takes the run to compare with; each of its tensors is let go as soon as it was compared.
  init(_ trace: ActivationTrace) {
    expected = Dictionary(
      trace.outputs.map { ($0.path, $0.tensor) }, uniquingKeysWith: { _, last in last })
  }

  func wants(_ path: String) -> Bool { true }

  func observe(_ path: String, _ output: Tensor) {
    guard let other = expected.removeValue(forKey: path), other.shape == output.shape else {
      absent.append(path)
      return
    }
    results.append((path, Comparison(other, output)))
  }

  /// The modules of the other run that this one did not have.
  var left: [String] { expected.keys.sorted() }
}

extension Comparison {
  /// How a tensor differs from what was expected; both are float32 of one shape.
  init(_ expected: Tensor, _ found: Tensor) {
    self = Kernels.best.compare(expected.values, .f32, found.values, .f32)
  }
}
