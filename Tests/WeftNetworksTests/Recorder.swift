import WeftKernels
import WeftNetworks

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
