package import WeftFormats
package import WeftKernels
import WeftTensors
package import WeftTransform

/// Runs a network on many inputs and measures what goes into its layers.
///
/// One network at a time is in memory: text encoders first, when there are prompts to be encoded.
package struct Calibrator {
  /// What a network is run on.
  package struct Options: Sendable {
    /// The inputs; empty for those that are built in.
    package var inputs: [NetworkInputs] = []
    /// How often the network runs on inputs that are built in.
    package var runCount = 32
    /// The pixels of pictures, and 8 times those of latents.
    package var size: (height: Int, width: Int) = (512, 512)
    /// A `config.json` in the place of the model's own.
    package var configPath: String?
    /// Whether inputs and values may be NaN or infinite.
    package var allowsNonFinite = false
    /// Whether weights are kept in memory as they are stored.
    package var keepsWeights = false

    /// Makes options with every one at its default.
    package init() {}
  }

  /// What a run tells of itself.
  package enum Progress {
    /// A network of so many bytes is loaded next.
    case loading(ComponentKind, byteCount: Int)
    /// The network runs so many times from now on.
    case running(count: Int)
    /// It has run once more.
    case ran
  }

  let model: AdaptedModel
  let encoders: AdaptedModel
  let library: FormatLibrary
  let backend: any Backend
  let reader: ValueReader
  let options: Options
  /// The network before it is loaded.
  package let component: ComponentModel

  /// Finds a network in a model.
  ///
  /// - Parameters:
  ///   - kind: the network.
  ///   - model: the model.
  ///   - encoders: the model whose text encoders encode the prompts.
  ///   - library: what is known of models.
  ///   - backend: what computes.
  ///   - reader: reads the weights.
  ///   - options: what the network is run on.
  /// - Throws: when the model does not have the network, or inputs that are given do not fit it.
  package init(
    _ kind: ComponentKind, of model: AdaptedModel, encoders: AdaptedModel,
    library: FormatLibrary, backend: any Backend, reader: ValueReader, options: Options
  ) throws {
    self.model = model
    self.encoders = encoders
    self.library = library
    self.backend = backend
    self.reader = reader
    self.options = options
    component = try ComponentModel(
      kind, of: model, configPath: options.configPath, library: library, reader: reader,
      keepsWeights: options.keepsWeights)
    for inputs in options.inputs {
      try component.check(inputs, allowsNonFinite: options.allowsNonFinite)
    }
  }

  /// Runs the network on everything, with `threads` to measure what it is given.
  ///
  /// - Throws: when there is too little memory, prompts cannot be encoded, or values become NaN or infinite.
  package func run(
    threads: Int, progress: (Progress) throws -> Void
  ) throws -> CalibrationResult {
    let set = try options.inputs.isEmpty ? builtIn(progress) : CalibrationSet(options.inputs)
    let network = try load(component, for: set.inputs, progress)
    let statistics = LayerStatistics(threads: threads)
    let pass = Pass(backend, inputs: statistics)
    try progress(.running(count: set.runCount))
    var (number, samples): (Int, [NetworkInputs]) = (0, [])
    try set.run { inputs in
      if number == 0 || number == set.runCount / 2 { samples.append(inputs) }
      number += 1
      let outputs =
        options.allowsNonFinite
        ? try network.plainOutputs(inputs, pass) : try network.finiteOutputs(inputs, pass)
      try progress(.ran)
      return outputs
    }
    return try CalibrationResult(
      component: component, layers: statistics.layers, runCount: set.runCount, samples: samples)
  }

  /// Loads a network when there is memory for it and what it computes.
  func load(
    _ component: ComponentModel, for inputs: [NetworkInputs],
    _ progress: (Progress) throws -> Void
  ) throws -> any NetworkComponent {
    let needs = inputs.map { component.need($0, on: backend) }
    try needs.max { $0.byteCount < $1.byteCount }?.check(path: component.source.path)
    try progress(.loading(component.kind, byteCount: component.weightByteCount))
    return try component.load(backend)
  }
}
