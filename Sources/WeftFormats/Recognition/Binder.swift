import WeftTensors

extension FormatLibrary {
  /// Binds every tensor of a file to the architecture that was found.
  func bound(
    _ model: ModelCandidate, _ index: TensorIndex
  ) throws(FormatError) -> Recognition {
    var binder = Binder(index)
    for found in model.found { try binder.bind(found) }
    var result = Recognition(
      kind: model.kind, architecture: model.architecture, layout: model.layout,
      evidence: model.evidence)
    result.isAlone = model.found.allSatisfy { $0.place.isAlone }
    result.candidates = try rivals(of: model, index)
    if result.candidates.count > 1 {
      result.evidence.append(
        "what is there is the same in \(result.candidates.joined(separator: ", "))")
    }
    for found in model.found { try binder.check(found, into: &result) }
    result.bindings = binder.slices.enumerated().map { position, slices in
      slices.isEmpty ? rest(index.tensors[position]) : .model(slices)
    }
    return result
  }

  private func rivals(
    of model: ModelCandidate, _ index: TensorIndex
  ) throws(FormatError) -> [String] {
    var rivals: [String] = []
    for architecture in architectures {
      let candidate = try ModelCandidate(architecture, layouts: layoutIDs, index)
      if candidate?.points == model.points { rivals.append(architecture.id) }
    }
    return rivals
  }
}

/// The work of giving the tensors of a file their canonical names.
private struct Binder {
  let index: TensorIndex
  /// The parts of the model in each tensor of the file.
  var slices: [[CanonicalSlice]]
  private var shapes: [CanonicalName: (shape: Shape, index: Int)] = [:]
  private let positions: [String: Int]

  init(_ index: TensorIndex) {
    self.index = index
    slices = Array(repeating: [], count: index.tensors.count)
    positions = Dictionary(index.tensors.enumerated().map { ($1.name, $0) }) { first, _ in first }
  }

  /// Binds the tensors of a component, in whatever of its spellings they are.
  mutating func bind(_ found: ModelCandidate.Found) throws(FormatError) {
    let dimensions = try found.component.dimensions()
    for tensor in try found.component.expanded() {
      for spelling in try found.place.map.readings(of: tensor.name.path, in: dimensions) {
        guard let position = positions[found.place.prefix + spelling.name],
          shapes[tensor.name] == nil
        else { continue }
        bind(tensor, to: position, spelling.step)
      }
    }
  }

  private mutating func bind(_ tensor: SchemaTensor, to position: Int, _ step: SliceStep) {
    let seen = index.tensors[position].shape
    let step = step.adapted(from: seen, toRank: tensor.shape.rank)
    let shape = step.canonicalShape(of: seen) ?? seen
    slices[position].append(CanonicalSlice(name: tensor.name, shape: shape, step: step))
    slices[position].sort { $0.step.part < $1.step.part }
    shapes[tensor.name] = (shape, position)
  }

  /// Compares a component with what its own dimensions say it should be.
  func check(
    _ found: ModelCandidate.Found, into result: inout Recognition
  ) throws(FormatError) {
    let component = found.component
    let measured = try component.schema.measured(defaults: try component.dimensions()) { path in
      shapes[CanonicalName(component: component.name, path: path)]?.shape
    }
    result.dimensions[component.name] = try component.dimensions(measured)
    for tensor in try component.expanded(measured) {
      guard let seen = shapes[tensor.name] else {
        if !tensor.isOptional { result.missing.append(tensor.name) }
        continue
      }
      guard seen.shape != tensor.shape else { continue }
      result.mismatches.append(
        Recognition.Mismatch(
          index: seen.index, name: tensor.name, shape: seen.shape, wanted: tensor.shape))
    }
    for remark in component.schema.remarks {
      let name = CanonicalName(component: component.name, path: remark.tensor)
      guard let seen = shapes[name], let words = remark.words(for: seen.shape) else { continue }
      result.evidence.append("\(index.tensors[seen.index].name) \(seen.shape): \(words)")
    }
  }
}

extension SliceStep {
  /// The place among the parts of the rows; 0 for a whole tensor.
  fileprivate var part: Int {
    if case .rows(let part, _) = self { part } else { 0 }
  }
}
