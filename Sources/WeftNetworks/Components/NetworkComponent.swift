package import WeftKernels
import WeftTensors

/// A network with named tensors in and out, as `weft forward` and `weft verify` run it.
package protocol NetworkComponent: Sendable {
  /// What it takes, told by the shapes of the weights, so that inputs are checked before anything is loaded.
  static func inputs(_ source: any WeightSource) -> [InputRequirement]

  /// The elements of activations that are held at the worst moment, about.
  static func activationCount(_ source: any WeightSource, _ inputs: NetworkInputs) -> Int

  /// Whether it has attentions, whose number of heads the weights do not tell.
  static var hasHeads: Bool { get }

  /// Loads the network.
  init(
    _ source: any WeightSource, _ configuration: NetworkConfiguration, _ backend: any Backend
  ) throws

  /// Computes the outputs of inputs that were checked, in the backend's own form.
  func outputs(_ inputs: NetworkInputs, _ pass: Pass) throws -> [NamedTensor]
}

extension NetworkComponent {
  package static var hasHeads: Bool { false }

  /// Computes the outputs of inputs that were checked, as plain tensors.
  package func plainOutputs(_ inputs: NetworkInputs, _ pass: Pass) throws -> [NamedTensor] {
    try outputs(inputs, pass).map { NamedTensor($0.name, try pass.backend.plain($0.tensor)) }
  }
}

extension WeightSource {
  /// A dimension of a tensor; nil when it is not there.
  func size(_ name: String, axis: Int) -> Int? {
    shape(name).flatMap { axis < $0.rank ? $0.dimensions[axis] : nil }
  }

  /// A dimension of a tensor as what an input must have, or any under a letter.
  func axis(_ name: String, _ axis: Int, or letter: String) -> InputRequirement.Axis {
    size(name, axis: axis).map { .size($0) } ?? .free(letter)
  }
}

extension NetworkInputs {
  /// The product of a tensor's dimensions on the given axes; 0 when it is not there.
  func product(_ name: String, axes: [Int]) -> Int {
    guard let shape = self[name]?.shape, shape.rank > (axes.max() ?? 0) else { return 0 }
    return axes.reduce(1) { $0 * shape.dimensions[$1] }
  }
}
