import WeftFiles
package import WeftFormats
package import WeftKernels
package import WeftNetworks
import WeftTensors
package import WeftTransform

/// Loads the networks of pictures when they are first needed, and keeps them until they are put away.
package final class NetworkShelf {
  /// How networks are loaded and run.
  package struct Options: Sendable {
    /// What computes a network; each has a backend of its own, so that its memory goes with it.
    package var backend: @Sendable (ComponentModel) throws -> any Backend
    /// Whether weights are held as they are stored.
    package var keepsWeights = false

    /// Computes every network with what `backend` gives.
    package init(backend: @escaping @Sendable (ComponentModel) throws -> any Backend) {
      self.backend = backend
    }
  }

  package let library: FormatLibrary
  package let reader: ValueReader
  package let options: Options
  private let events: (PictureEvent) throws -> Void
  private var networks: [Place: Any] = [:]

  /// A network of a model.
  private struct Place: Hashable {
    let kind: String, path: String
  }

  /// Makes an empty shelf; `events` hears of networks that are loaded.
  package init(
    library: FormatLibrary, reader: ValueReader, options: Options,
    events: @escaping (PictureEvent) throws -> Void = { _ in }
  ) {
    (self.library, self.reader, self.options, self.events) = (library, reader, options, events)
  }

  /// Finds a network without loading it.
  package func component(_ kind: ComponentKind, of model: AdaptedModel) throws -> ComponentModel {
    try ComponentModel(
      kind, of: model, configPath: nil, library: library, reader: reader,
      keepsWeights: options.keepsWeights)
  }

  private func component(
    _ kind: ComponentKind, of model: AdaptedModel, or option: String?
  ) throws -> ComponentModel {
    do {
      return try component(kind, of: model)
    } catch let error as NetworkError where error.status == .noInput {
      guard let option else { throw error }
      throw InferenceError(
        status: .noInput, what: "there is no \(kind.name) in this model", place: error.place,
        advice: "give a model that has it with \(option) PATH")
    }
  }

  /// A network of a model, from the shelf or loaded now.
  ///
  /// - Parameters:
  ///   - kind: the kind of network.
  ///   - model: the model that has it.
  ///   - inputs: of the size of what it will be given, by which memory is checked; nil where that is little.
  ///   - option: the option that gives another model that has it; nil where there is none.
  ///   - make: builds it of weights, configuration and backend.
  /// - Returns: the network and what runs it.
  /// - Throws: when the model does not have it, or memory is too small.
  package func network<Network: Sendable>(
    _ kind: ComponentKind, of model: AdaptedModel, for inputs: NetworkInputs? = nil,
    or option: String? = nil,
    _ make: (any WeightSource, NetworkConfiguration, any Backend) throws -> Network
  ) throws -> ReadyNetwork<Network> {
    let place = Place(kind: kind.name, path: model.base.checkpoint.path)
    if let known = networks[place] as? ReadyNetwork<Network> { return known }
    let component = try component(kind, of: model, or: option)
    let backend = try options.backend(component)
    if let inputs {
      try component.need(inputs, on: backend).check(path: component.source.path)
    }
    try events(.loading(kind, byteCount: component.weightByteCount))
    let source =
      options.keepsWeights ? component.source : FusedWeights(component.source)
    let ready = ReadyNetwork(
      network: try make(source, component.configuration, backend), pass: Pass(backend),
      component: component)
    networks[place] = ready
    try events(.loaded(kind))
    return ready
  }

  /// Lets go of all networks of some kinds, and of their memory.
  package func putAway(_ kinds: [ComponentKind]) {
    let names = Set(kinds.map(\.name))
    networks = networks.filter { !names.contains($0.key.kind) }
  }

  /// Lets go of everything.
  package func clear() { networks = [:] }
}
