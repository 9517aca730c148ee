import WeftTensors

/// An architecture that the tensors of a file may be of, and what speaks for it.
struct ModelCandidate {
  /// A component where the file has it.
  struct Found {
    let component: Architecture.Component
    let layout: String
    let place: Place
    /// The name by which the component was noticed.
    let witness: String
    var points: Int
    var evidence: [String] = []
  }

  /// What a component that is there counts for.
  static let pointsOfComponent = 2

  let architecture: Architecture
  var found: [Found] = []

  /// What all signs count for.
  var points: Int { found.reduce(0) { $0 + $1.points } }
  /// What speaks for the components, in sentences.
  var evidence: [String] { found.flatMap(\.evidence) }
  /// What the file is, by its components.
  var kind: ModelKind { ModelKind(components: Set(found.map(\.component.name))) }
  /// The layout of the most important component.
  var layout: String? { found.first?.layout }
}

extension ModelCandidate {
  /// Looks for the components of an architecture; nil when none is there or a part contradicts it.
  init?(
    _ architecture: Architecture, layouts: [String], _ index: TensorIndex
  ) throws(FormatError) {
    self.architecture = architecture
    for component in architecture.components {
      guard var found = try Self.find(component, architecture, layouts, index) else { continue }
      guard try Self.weigh(&found, index) else {
        if component.isBeside { continue }
        return nil
      }
      add(found)
    }
    if found.isEmpty { return nil }
  }

  /// Adds a component; of two that claim one bare file, the likelier stays.
  private mutating func add(_ new: Found) {
    guard let rival = found.firstIndex(where: { $0.witness == new.witness }) else {
      found.append(new)
      return
    }
    if new.points > found[rival].points { found[rival] = new }
  }

  private static func find(
    _ component: Architecture.Component, _ architecture: Architecture, _ layouts: [String],
    _ index: TensorIndex
  ) throws(FormatError) -> Found? {
    let dimensions = try component.dimensions()
    for layout in layouts {
      for place in architecture.places[layout]?[component.name] ?? [] {
        for anchor in component.schema.anchors {
          for reading in try place.map.readings(of: anchor, in: dimensions)
          where index.contains(place.prefix + reading.name) {
            return Found(
              component: component, layout: layout, place: place,
              witness: place.prefix + reading.name, points: pointsOfComponent)
          }
        }
      }
    }
    return nil
  }

  /// Counts the signs of a component; false when one that must hold does not.
  private static func weigh(
    _ found: inout Found, _ index: TensorIndex
  ) throws(FormatError) -> Bool {
    let dimensions = try found.component.dimensions()
    for sign in found.component.signs {
      let names = try found.place.map.readings(of: sign.tensor, in: dimensions)
        .map { found.place.prefix + $0.name }
      let tensor = names.lazy.compactMap { index[$0] }.first
      guard sign.holds(for: tensor?.shape) else {
        if sign.points == nil { return false }
        continue
      }
      found.points += sign.points ?? 0
      guard let says = sign.says else { continue }
      let name = tensor.map { "\($0.name) \($0.shape)" } ?? "no \(names.first ?? sign.tensor)"
      found.evidence.append("\(name): \(says)")
    }
    return true
  }
}

extension FormatLibrary {
  /// The architecture that fits best; among equals the first, with a word on the others.
  func bestModel(_ index: TensorIndex) throws(FormatError) -> ModelCandidate? {
    var best: ModelCandidate?
    for architecture in architectures {
      guard
        let candidate = try ModelCandidate(architecture, layouts: layoutIDs, index)
      else { continue }
      if candidate.points > best?.points ?? 0 { best = candidate }
    }
    return best
  }
}
