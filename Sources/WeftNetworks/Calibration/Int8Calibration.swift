import WeftTensors

/// What a backend must know to compute the layers of one network with 8-bit integers.
package struct Int8Calibration: Sendable, Equatable {
  /// What is known of a layer.
  package struct Layer: Sendable, Equatable {
    /// The largest magnitude that went into it: 127 stands for this.
    package var inputMaximum: Float
    /// The relative L2 error of the network's output when this layer alone is computed with integers; nil when it was not
    /// measured.
    package var sensitivity: Double?
    /// The products of numbers that the layer takes in one run, about.
    package var productCount: Double
    /// What the layer is computed with; nil when that is for the backend to choose.
    package var choice: Choice?

    /// Describes a layer.
    package init(
      inputMaximum: Float, productCount: Double, sensitivity: Double? = nil, choice: Choice? = nil
    ) {
      self.inputMaximum = inputMaximum
      self.productCount = productCount
      self.sensitivity = sensitivity
      self.choice = choice
    }
  }

  /// What a layer is computed with.
  package enum Choice: String, Sendable {
    /// 8-bit integers.
    case int8
    /// bfloat16, since it would lose too much.
    case bf16
  }

  /// The kind of network, such as `unet`.
  package let component: String
  /// The weights that it was measured with.
  package let model: ModelFingerprint
  /// How often the network ran.
  package let runCount: Int
  /// The relative L2 error of the network's output when the chosen layers are computed with integers; nil when nobody measured.
  package var error: Double?
  /// The layers by path, as diffusers and transformers name them.
  package var layers: [String: Layer]

  /// Takes what was measured.
  package init(
    component: String, model: ModelFingerprint, runCount: Int, layers: [String: Layer]
  ) {
    self.component = component
    self.model = model
    self.runCount = runCount
    self.layers = layers
  }

  /// Refuses another network, or one of other weights.
  ///
  /// - Parameters:
  ///   - network: the network that is to be computed.
  ///   - path: the file that this was read from, for messages.
  /// - Throws: unless it was measured with this network's weights.
  package func check(_ network: ComponentModel, path: String) throws {
    guard network.kind.name == component else {
      throw NetworkError(
        status: .refused, what: "it is for \(component), not \(network.kind.name)", place: path,
        advice: "give the calibration of this network, which weft calibrate makes")
    }
    let found = try network.fingerprint()
    guard found != model else { return }
    throw NetworkError(
      status: .refused,
      what: found.shapes == model.shapes
        ? "it was made for a model of the same shape with other weights, or for another file of this one"
        : "it was made for a model of another shape",
      place: path, advice: "make one for this file with weft calibrate")
  }

  /// The part of all products that are chosen to be of integers, from 0 to 1; nil when nobody chose.
  package var chosenShare: Double? {
    guard layers.values.contains(where: { $0.choice != nil }) else { return nil }
    let all = layers.values.reduce(0) { $0 + $1.productCount }
    let chosen = layers.values.filter { $0.choice == .int8 }.reduce(0) { $0 + $1.productCount }
    return all > 0 ? chosen / all : 0
  }
}
