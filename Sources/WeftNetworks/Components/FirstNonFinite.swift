import WeftKernels
import WeftTensors

/// Looks for the first module whose output is not finite.
private final class FirstNonFinite: ActivationObserver {
  /// Ends a run at the module.
  struct Found: Error { let path: String }

  func wants(_ path: String) -> Bool { true }

  func observe(_ path: String, _ output: Tensor) throws {
    if !output.isFinite { throw Found(path: path) }
  }
}

extension NetworkComponent {
  /// Computes the outputs and refuses values that are not finite: a second run names the module that made the first.
  package func finiteOutputs(_ inputs: NetworkInputs, _ pass: Pass) throws -> [NamedTensor] {
    let results = try plainOutputs(inputs, pass)
    guard let broken = results.first(where: { !$0.tensor.isFinite }) else { return results }
    var module = "the output \(broken.name)"
    do {
      _ = try outputs(inputs, Pass(pass.backend, observer: FirstNonFinite()))
    } catch let found as FirstNonFinite.Found {
      module = found.path
    }
    throw NetworkError(
      status: .badData, what: "values become NaN or infinite", place: module,
      advice: "check the model with weft diff or verify; large weights or inputs overflow float32")
  }
}
