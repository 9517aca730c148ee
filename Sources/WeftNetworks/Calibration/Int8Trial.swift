import WeftKernels
import WeftTensors

/// Computes a network with integers in one layer after the other, and chooses the layers that do little harm for what they
/// save; the others stay in bfloat16.
package struct Int8Trial {
  private let component: ComponentModel
  private let inputs: [NetworkInputs]
  private let limit: Double
  private let threads: Int

  /// Plans a trial.
  ///
  /// - Parameters:
  ///   - component: the network.
  ///   - inputs: what it runs on each time.
  ///   - limit: how far the chosen layers together may take the outputs apart, relative L2.
  ///   - threads: from one up.
  package init(
    _ component: ComponentModel, inputs: [NetworkInputs], limit: Double, threads: Int
  ) {
    (self.component, self.inputs) = (component, inputs)
    (self.limit, self.threads) = (limit, threads)
  }

  /// Measures every layer alone, then chooses.
  ///
  /// The network is computed once in bfloat16, and with the first of the inputs once for each layer; then some times more
  /// with all of them, to find how many layers keep within the limit.
  ///
  /// - Throws: when oneDNN is missing or there is too little memory.
  package func run(
    _ calibration: Int8Calibration, progress: (Calibrator.Progress) throws -> Void
  ) throws -> Int8Calibration {
    var result = calibration
    let layerSwitch = LayerSwitch()
    let backend = try FastBackend(
      threads: threads, precision: .int8,
      inputMaxima: calibration.layers.mapValues(\.inputMaximum), layerSwitch: layerSwitch)
    try inputs.map { component.need($0, on: backend) }
      .max { $0.byteCount < $1.byteCount }?.check(path: component.source.path)
    try progress(.loading(component.kind, byteCount: component.weightByteCount))
    let network = try component.load(backend)
    func outputs(_ layers: Set<String>, _ inputs: NetworkInputs) throws -> [[Float]] {
      layerSwitch.set(layers)
      return try network.plainOutputs(inputs, Pass(backend)).map(\.tensor.floats)
    }
    try progress(.running(count: calibration.layers.count + 1))
    let exact = try inputs.map { try outputs([], $0) }
    try progress(.ran)
    for path in calibration.layers.keys.sorted() {
      if let first = inputs.first {
        result.layers[path]?.sensitivity = Self.error(try outputs([path], first), exact[0])
      }
      try progress(.ran)
    }
    let chosen = try choose(result) { layers in
      try zip(inputs, exact).map { Self.error(try outputs(layers, $0), $1) }.max() ?? 0
    }
    for path in result.layers.keys {
      result.layers[path]?.choice = chosen.layers.contains(path) ? .int8 : .bf16
    }
    result.error = chosen.error
    return result
  }

  /// The layers that save most for the error that they make, as many as keep the measured error within the limit.
  ///
  /// Errors of single layers say which are worse, but not what several do together: whatever changes in a network of bfloat16
  /// makes values fall to other sides when they are rounded, and that counts once.
  private func choose(
    _ calibration: Int8Calibration, measure: (Set<String>) throws -> Double
  ) throws -> (layers: Set<String>, error: Double) {
    let order = order(of: calibration.layers)
    var chosen: (layers: Set<String>, error: Double) = ([], 0)
    var (fits, most) = (0, order.count)
    while fits < most {
      let middle = (fits + most + 1) / 2
      let layers = Set(order.prefix(middle))
      let error = try measure(layers)
      if error <= limit { (fits, chosen) = (middle, (layers, error)) } else { most = middle - 1 }
    }
    return chosen
  }

  private static let leastShare = 1000.0

  /// The layers that are worth it, in the order of their error for each product that they save.
  ///
  /// What takes few products, such as first and last convolutions and embeddings of the time, saves nothing.
  private func order(of layers: [String: Int8Calibration.Layer]) -> [String] {
    let total = layers.values.reduce(0) { $0 + $1.productCount }
    let large = layers.filter { $0.value.productCount * Self.leastShare >= total }
    let prices = large.mapValues { layer in
      let error = layer.sensitivity ?? 0
      return error * error / max(1, layer.productCount)
    }
    return prices.keys.sorted { (prices[$0] ?? 0, $0) < (prices[$1] ?? 0, $1) }
  }

  /// `‖found − expected‖ / ‖expected‖` over all outputs.
  private static func error(_ found: [[Float]], _ expected: [[Float]]) -> Double {
    var (difference, norm) = (0.0, 0.0)
    for (found, expected) in zip(found, expected) {
      for (x, y) in zip(found, expected) {
        difference += (Double(x) - Double(y)) * (Double(x) - Double(y))
        norm += Double(y) * Double(y)
      }
    }
    return norm > 0 ? (difference / norm).squareRoot() : 0
  }
}
