package import WeftTensors

/// What is known of a file or folder of tensors from its names and shapes alone.
package struct Recognition: Sendable {
  /// What a tensor of the input is.
  package enum Binding: Sendable, Hashable {
    /// A part of the model, or several: a packed projection gives three.
    case model([CanonicalSlice])
    /// No weight of the model, for the reason that is given.
    case auxiliary(String)
    /// A tensor of an adapter; `AdapterReading` tells more.
    case adapter
    case unknown
  }

  /// A tensor whose shape does not follow from the others'.
  package struct Mismatch: Sendable, Hashable {
    /// The place of the tensor in the input.
    package let index: Int
    /// The canonical name.
    package let name: CanonicalName
    /// The canonical shape that the tensor has.
    package let shape: Shape
    /// The canonical shape that it should have.
    package let wanted: Shape
  }

  /// What the input is.
  package var kind: ModelKind = .unknown
  /// What the input is in words, for things that are neither models nor adapters of weights.
  package var title: String?
  /// Where things belong that are neither models nor adapters of weights.
  package var belongs: String?
  /// The architecture, or nil when it is not known.
  package var architecture: Architecture?
  /// All architectures that fit as well as `architecture`; a VAE fits most of them.
  package var candidates: [String] = []
  /// The layout, or for adapters the naming scheme; nil when it is not known.
  package var layout: String?
  /// Whether the input is one component without a prefix.
  package var isAlone = false
  /// Sentences with the names and numbers that decided.
  package var evidence: [String] = []
  /// What each tensor is, in the order of the input.
  package var bindings: [Binding] = []
  /// The canonical tensors that a component which is there should have and does not.
  package var missing: [CanonicalName] = []
  /// The tensors whose shape does not agree with the rest.
  package var mismatches: [Mismatch] = []
  /// The dimensions of each component that is there, as its tensors show them.
  package var dimensions: [String: Dimensions] = [:]
}

extension FormatLibrary {
  /// Tells what tensors are; a folder's names are spelled `component/path`.
  ///
  /// Finding the architectures that an adapter fits takes longest; a caller that has a model to fit it to leaves it out
  /// with `fitsAdapters`.
  package func recognize(
    _ tensors: [TensorInfo], metadata: [String: String] = [:], fitsAdapters: Bool = true
  ) throws(FormatError) -> Recognition {
    let index = TensorIndex(tensors)
    if !hasSignsOfAdapter(index) {
      let model = try bestModel(index)
      if model?.kind != .checkpoint, let other = other(index, besides: model) { return other }
      if let model { return try bound(model, index) }
    }
    let reading = AdapterReading(tensors, metadata: metadata, library: self)
    if !reading.modules.isEmpty {
      return fitsAdapters
        ? try recognized(reading, tensors)
        : Recognition(kind: .adapter, bindings: tensors.map { _ in .adapter })
    }
    return Recognition(
      evidence: ["no name of a known model or adapter is among the \(tensors.count) tensors"],
      bindings: tensors.map(rest))
  }

  /// What a tensor is that belongs to no component.
  func rest(_ tensor: TensorInfo) -> Recognition.Binding {
    auxiliary.reason(for: tensor.name).map { .auxiliary($0) } ?? .unknown
  }

  /// Whether a tensor that is no weight changes what a model computes, as the marker of v-prediction does.
  package func isEssential(_ name: String) -> Bool {
    auxiliary.entry(for: name)?.isEssential ?? false
  }

  /// Whether tensors are there that only an adapter has, however much the names of the others are a model's.
  private func hasSignsOfAdapter(_ index: TensorIndex) -> Bool {
    otherKinds.contains { $0.kind == .adapter && $0.witnesses(index) != nil }
  }

  private func other(_ index: TensorIndex, besides model: ModelCandidate?) -> Recognition? {
    for kind in otherKinds where model == nil || !kind.isLastResort {
      guard let witnesses = kind.witnesses(index) else { continue }
      let names = witnesses.map { "'\($0)'" }.joined(separator: " and ")
      return Recognition(
        kind: kind.kind, title: kind.title, belongs: kind.belongs,
        evidence: ["\(names): \(kind.title)"],
        bindings: index.tensors.map(rest))
    }
    return nil
  }
}
