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
  /// The network is computed in bfloat16 once, and once for each layer; then some times more, until what is chosen keeps
  /// within the limit by measurement.
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
    func outputs(_ layers: Set<String>) throws -> [[Float]] {
      layerSwitch.set(layers)
      return try inputs.flatMap { inputs in
        try network.plainOutputs(inputs, Pass(backend)).map(\.tensor.floats)
      }
    }
    try progress(.running(count: calibration.layers.count + 1))
    let exact = try outputs([])
    try progress(.ran)
    for path in calibration.layers.keys.sorted() {
      result.layers[path]?.sensitivity = Self.error(try outputs([path]), exact)
      try progress(.ran)
    }
    let chosen = try choose(result) { Self.error(try outputs($0), exact) }
    for path in result.layers.keys {
      result.layers[path]?.choice = chosen.layers.contains(path) ? .int8 : .bf16
    }
    result.error = chosen.error
    return result
  }

  /// The layers that save most for the error that they make, as many as keep the measured error within the limit.
  private func choose(
    _ calibration: Int8Calibration, measure: (Set<String>) throws -> Double
  ) throws -> (layers: Set<String>, error: Double) {
    let candidates = candidates(calibration)
    var budget = limit
    for _ in 0..<Self.attempts {
      let layers = within(budget, candidates)
      let error = try measure(layers)
      guard error > limit else { return (layers, error) }
      budget *= limit / error * Self.margin
    }
    return ([], 0)
  }

  private static let attempts = 8
  private static let margin = 0.95

  /// A layer with the square of its error.
  private typealias Candidate = (path: String, square: Double)

  /// All layers in the order of their error for each product that they save.
  ///
  /// The least error of all is none of a layer's: whatever changes in a network of bfloat16 makes values fall to other sides
  /// when they are rounded.
  private func candidates(_ calibration: Int8Calibration) -> [Candidate] {
    let errors = calibration.layers.mapValues { $0.sensitivity ?? 0 }
    let floor = errors.values.min() ?? 0
    func price(_ path: String) -> Double {
      let error = errors[path] ?? 0
      return (error * error - floor * floor)
        / max(1, calibration.layers[path]?.productCount ?? 1)
    }
    return errors.keys.sorted { (price($0), $0) < (price($1), $1) }.map { path in
      let error = errors[path] ?? 0
      return (path, error * error - floor * floor)
    }
  }

  /// The first layers, as long as their errors together are within the budget.
  ///
  /// Errors of several layers add up as if they had nothing to do with each other: by their squares.
  private func within(_ budget: Double, _ candidates: [Candidate]) -> Set<String> {
    var (chosen, sum) = (Set<String>(), 0.0)
    for (path, square) in candidates where sum + square <= budget * budget {
      sum += square
      chosen.insert(path)
    }
    return chosen
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
