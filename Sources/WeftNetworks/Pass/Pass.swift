package import WeftKernels
import WeftTensors

/// One run through a network: what computes it, and who looks at the modules' outputs and the layers' inputs.
package struct Pass: Sendable {
  /// What computes.
  package let backend: any Backend
  private let observer: (any ActivationObserver)?
  private let inputObserver: (any InputObserver)?

  /// Starts a run.
  package init(
    _ backend: any Backend, observer: (any ActivationObserver)? = nil,
    inputs: (any InputObserver)? = nil
  ) {
    (self.backend, self.observer, inputObserver) = (backend, observer, inputs)
  }

  /// Whether anybody looks on.
  var isObserved: Bool { observer != nil || inputObserver != nil }

  /// Whether somebody looks at a module's output, so that nothing may be fused to it.
  func isWatched(_ path: String) -> Bool { observer?.wants(path) ?? false }

  /// Shows a module's output to whoever looks at it, and gives it back.
  @discardableResult
  func emit(_ path: String, _ output: Tensor) throws -> Tensor {
    if let observer, observer.wants(path) {
      try observer.observe(path, try backend.plain(output))
    }
    return output
  }
}

extension Pass {
  /// Shows what goes into a layer to whoever looks at it.
  func show(
    _ x: Tensor, to path: String, weight: Shape, _ geometry: ConvolutionGeometry? = nil
  ) throws {
    guard let inputObserver else { return }
    try inputObserver.observe(
      LayerInput(path: path, weight: weight, geometry: geometry, values: try backend.plain(x)))
  }
}

extension Pass {
  /// `x + factor · y`; refuses tensors of two shapes, which weights of two models give.
  func add(
    _ x: consuming Tensor, _ y: Tensor, factor: Float = 1, at path: String
  ) throws -> Tensor {
    guard x.shape == y.shape else {
      throw NetworkError.activation("\(x.shape) and \(y.shape) cannot be added", at: path)
    }
    return try backend.add(x, y, factor: factor)
  }
}

/// Somebody who looks at the outputs of modules, named by the paths that diffusers and transformers give them.
package protocol ActivationObserver: AnyObject, Sendable {
  /// Whether a module's output is wanted.
  func wants(_ path: String) -> Bool
  /// Takes a module's output as a plain tensor, in the order in which modules end.
  func observe(_ path: String, _ output: Tensor) throws
}
