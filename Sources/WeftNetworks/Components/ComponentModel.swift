import WeftFiles
package import WeftFormats
package import WeftKernels
import WeftTensors
package import WeftTransform

/// A model's component before it is loaded: its weights, its configuration and what it takes.
package struct ComponentModel: Sendable {
  /// The kind of network.
  package let kind: ComponentKind
  /// The weights.
  package let source: any WeightSource
  /// What the weights do not tell.
  package let configuration: NetworkConfiguration
  /// The architecture; nil when it is not known.
  package let architecture: String?
  private let names: [String]
  private let base: BaseModel
  /// The component of the model that holds the weights.
  private let holder: String

  /// Finds a component in a model.
  ///
  /// - Parameters:
  ///   - kind: the kind of network.
  ///   - model: the model, with or without adapters.
  ///   - configPath: a `config.json` that replaces the model's own and what the architecture says.
  ///   - library: the known formats.
  ///   - reader: reads the values.
  ///   - keepsWeights: whether the weights of layers stay as they are stored where that is smaller.
  /// - Throws: when the model does not have the component, or tensors of it are missing or do not fit.
  package init(
    _ kind: ComponentKind, of model: AdaptedModel, configPath: String?, library: FormatLibrary,
    reader: ValueReader, keepsWeights: Bool = false
  ) throws {
    let kept = keepsWeights ? KeptWeights(reader) : nil
    base = model.base
    self.kind = kind
    let component = try base.component(of: kind, library: library)
    holder = component
    let isRecognized = base.components.contains(component)
    if isRecognized {
      let weights = try ModelWeights(model, component: component, reader: reader, kept: kept)
      (source, names) = (weights, weights.names)
    } else {
      let weights = FileWeights(base.checkpoint, component: component, reader: reader, kept: kept)
      (source, names) = (weights, weights.names)
    }
    architecture = isRecognized ? base.recognition.architecture?.id : nil
    configuration = try NetworkConfiguration.find(
      for: component, of: base, isRecognized: isRecognized, path: configPath, library: library)
  }

  /// Whether the number of heads is only what is usual: nothing tells it for a model of these sizes.
  package var guessesHeads: Bool { kind.network.hasHeads && configuration.origin == .assumed }

  /// What the network takes.
  package var inputs: [InputRequirement] { kind.network.inputs(source) }

  /// Refuses inputs that the network does not take; nothing is loaded for that.
  package func check(_ inputs: NetworkInputs, allowsNonFinite: Bool = false) throws {
    try InputCheck(requirements: self.inputs, inputs: inputs)
      .check(allowsNonFinite: allowsNonFinite)
  }

  /// The size of all weights as float32, in bytes: what there is to load.
  package var weightByteCount: Int {
    tensorShapes.reduce(0) {
      $0 + ($1.shape.checkedElementCount ?? 0) * Tensor.elementByteCount
    }
  }

  /// The memory that the activations for these inputs take as float32 at the worst moment, about, in bytes.
  package func activationByteCount(_ inputs: NetworkInputs) -> Int {
    kind.network.activationCount(source, inputs) * Tensor.elementByteCount
  }

  /// The memory that the network takes for these inputs on a backend, about; `factor` says how much more activations are
  /// held than are needed, as by a trace.
  package func need(
    _ inputs: NetworkInputs, on backend: any Backend, activationFactor factor: Int = 1
  ) -> MemoryNeed {
    var (weights, largest) = (0, 0)
    for (name, shape) in tensorShapes {
      let count = shape.checkedElementCount ?? 0
      let isLayer = Self.isLayer(name, shape)
      let whole = count * (isLayer ? backend.weightElementByteCount : Tensor.elementByteCount)
      let stored = isLayer ? source.storedByteCount(name) : nil
      weights += min(whole, stored ?? whole)
      if let stored, stored < whole { largest = max(largest, count) }
    }
    return MemoryNeed(
      weightByteCount: weights,
      activationByteCount: factor * kind.network.activationCount(source, inputs)
        * backend.activationElementByteCount,
      expansionByteCount: backend.expansionByteCount(elementCount: largest))
  }

  /// Whether a tensor is the weight of a convolution or linear layer, and no vector or table of embeddings.
  private static func isLayer(_ name: String, _ shape: Shape) -> Bool {
    shape.rank > 1 && name.hasSuffix(".weight") && !name.hasSuffix("_embedding.weight")
  }

  /// The model's files.
  var checkpoint: Checkpoint { base.checkpoint }

  /// The names and shapes of the weights that the network uses, in no order.
  var tensorShapes: [(name: String, shape: Shape)] {
    usedNames.compactMap { name in source.shape(name).map { (name, $0) } }
  }

  private var usedNames: [String] {
    names.filter { name in !kind.foreign.contains { name.hasPrefix($0) } }
  }

  /// The name that the model's own file has for a weight; nil for one that is stored transposed, or not there.
  func storedName(_ name: String) -> String? {
    if let stored = base.stored[CanonicalName(component: holder, path: name)] {
      return stored.isTransposed ? nil : stored.tensor.info.name
    }
    return ["\(holder)/\(name)", name].first { base.checkpoint[$0] != nil }
  }

  /// Loads the network; another model's configuration may take the place of its own.
  package func load(
    _ backend: any Backend, configuration other: NetworkConfiguration? = nil
  ) throws -> any NetworkComponent {
    try kind.network.init(source, other ?? configuration, backend)
  }
}

extension BaseModel {
  /// The component that holds the weights of a kind of network; a file that has what is typical of it is taken at its word,
  /// whatever its sizes and the number of its blocks.
  ///
  /// - Throws: when the model does not have it, in the words of the command line.
  fileprivate func component(of kind: ComponentKind, library: FormatLibrary) throws -> String {
    let present = Set(components)
    if let found = kind.components.first(where: present.contains) { return found }
    let names = ComponentKind.all.filter { !present.isDisjoint(with: $0.components) }.map(\.name)
    if let typical = kind.components.first(where: { hasAnchors(of: $0, library: library) }) {
      return typical
    }
    throw NetworkError(
      status: .noInput, what: "there is no \(kind.name) in this model", place: checkpoint.path,
      advice: names.isEmpty
        ? "see what it is with weft inspect"
        : "it has \(names.joined(separator: ", ")): choose one of these, or give another model")
  }

  /// Whether the file has, under their own names, the tensors by which a component is found.
  private func hasAnchors(of component: String, library: FormatLibrary) -> Bool {
    let present = FileWeights.tensors(of: checkpoint, component: component)
    return library.architectures.contains { architecture in
      guard let anchors = architecture.component(component)?.schema.anchors else { return false }
      return !anchors.isEmpty && anchors.contains { present[$0] != nil }
    }
  }
}
