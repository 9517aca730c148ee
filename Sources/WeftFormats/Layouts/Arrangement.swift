package import WeftTensors

/// A tensor of an output file.
package struct LayoutTensor: Sendable, Hashable {
  /// What the elements are.
  package enum Content: Sendable, Hashable {
    /// Canonical tensors; several are the equal parts of the rows, in order.
    case slices([CanonicalSlice])
    /// The integers 0, 1, 2, ... as int64.
    case range
    /// One value in every element.
    case fill(Double)
  }

  /// The name in the layout.
  package let name: String
  /// The shape in the layout.
  package let shape: Shape
  /// What the elements are.
  package let content: Content
  /// Why a tensor that the input lacks is written; nil for all others.
  package let reason: String?
}

/// The tensors of a model as a layout keeps them.
package struct Arrangement: Sendable {
  /// The tensors in the order of the canonical ones, generated ones last.
  package fileprivate(set) var tensors: [LayoutTensor] = []
  /// The tensors that the layout does not keep, with the reason.
  package fileprivate(set) var omitted: [(name: CanonicalName, reason: String)] = []
}

extension Architecture {
  /// The names, shapes and parts of a model in a layout.
  ///
  /// `alone` is for a file or folder that holds one component, which mostly has no prefix. Throws when the layout has no
  /// name for a tensor, or a tensor lacks a part.
  package func arrange(
    _ canonical: [(name: CanonicalName, shape: Shape)], layout: String, alone: Bool = false
  ) throws(FormatError) -> Arrangement {
    var arranger = Arranger()
    for component in components {
      let own = canonical.filter { $0.name.component == component.name }
      let places = places[layout]?[component.name] ?? []
      guard let first = own.first else { continue }
      guard
        let place = alone ? places.first(where: \.isWrittenAlone) ?? places.first : places.first
      else { throw .unnamed(tensor: first.name.description, layout: layout) }
      try arranger.add(own, component, place, layout: layout)
    }
    let known = Set(components.map(\.name))
    if let stray = canonical.first(where: { !known.contains($0.name.component) }) {
      throw .unnamed(tensor: stray.name.description, layout: layout)
    }
    return try arranger.finished()
  }
}

extension Architecture {
  /// What the names of a component's tensors start with in a layout of whole models; nil when it has no place there.
  package func prefix(of component: String, layout: String) -> String? {
    places[layout]?[component]?.first?.prefix
  }
}

/// The work of laying out the tensors of each component.
private struct Arranger {
  private struct Draft {
    let name: String
    var slices: [(part: Int, count: Int, slice: CanonicalSlice, shape: Shape)]
    let reason: String?
  }

  private var drafts: [Draft] = []
  private var positions: [String: Int] = [:]
  private var generated: [LayoutTensor] = []
  private var omitted: [(name: CanonicalName, reason: String)] = []

  mutating func add(
    _ tensors: [(name: CanonicalName, shape: Shape)], _ component: Architecture.Component,
    _ place: Place, layout: String
  ) throws(FormatError) {
    let shapes = Dictionary(tensors.map { ($0.name.path, $0.shape) }) { first, _ in first }
    let stated = try component.dimensions()
    for tensor in tensors {
      if let reason = place.omission(of: tensor.name.path) {
        omitted.append((tensor.name, reason))
        continue
      }
      let slice = Source(as: tensor.name.path, name: tensor.name, shape: tensor.shape, reason: nil)
      try add(slice, place, stated, layout)
      for copy in place.map.copies {
        guard let captures = copy.from.match(tensor.name.path.nameParts) else {
          continue
        }
        let scope = Scope(dimensions: stated, locals: captures.integers)
        let path = try copy.to.render(in: scope, texts: captures.texts)
        guard shapes[path] == nil else { continue }
        let stand = Source(as: path, name: tensor.name, shape: tensor.shape, reason: copy.reason)
        try add(stand, place, stated, layout)
      }
    }
    let measured = try component.schema.measured(defaults: stated) { shapes[$0] }
    try generate(place, try component.dimensions(measured))
  }

  private struct Source {
    let `as`: String
    let name: CanonicalName
    let shape: Shape
    let reason: String?
  }

  private mutating func add(
    _ source: Source, _ place: Place, _ dimensions: Dimensions, _ layout: String
  ) throws(FormatError) {
    guard let spelling = try place.map.spelling(of: source.as, in: dimensions) else {
      throw .unnamed(tensor: source.name.description, layout: layout)
    }
    let name = place.prefix + spelling.name
    guard let shape = spelling.step.layoutShape(of: source.shape) else {
      throw .misshapen(
        tensor: source.name.description, shape: source.shape, wanted: "one that fits '\(name)'")
    }
    let slice = CanonicalSlice(name: source.name, shape: source.shape, step: spelling.step)
    var (part, count) = (0, 1)
    if case .rows(let index, let all) = spelling.step { (part, count) = (index, all) }
    if let position = positions[name] {
      drafts[position].slices.append((part, count, slice, shape))
    } else {
      positions[name] = drafts.count
      drafts.append(Draft(name: name, slices: [(part, count, slice, shape)], reason: source.reason))
    }
  }

  private mutating func generate(_ place: Place, _ dimensions: Dimensions) throws(FormatError) {
    for tensor in place.map.generated where positions[place.prefix + tensor.name] == nil {
      var shape: [Int] = []
      for size in tensor.shape {
        shape.append(try size.evaluate(in: Scope(dimensions: dimensions)))
      }
      generated.append(
        LayoutTensor(
          name: place.prefix + tensor.name, shape: Shape(shape),
          content: tensor.fill.map { .fill($0) } ?? .range, reason: tensor.reason))
    }
  }

  func finished() throws(FormatError) -> Arrangement {
    var arrangement = Arrangement()
    for draft in drafts {
      let slices = draft.slices.sorted { $0.part < $1.part }
      guard let first = slices.first else { continue }
      let parts = slices.map(\.part)
      if parts != Array(0..<first.count) {
        let absent = (0..<first.count).first { !parts.contains($0) }
        throw .incomplete(
          tensor: draft.name,
          missing: absent.map { "part \($0) of \(first.count)" } ?? "each part just once")
      }
      if let odd = slices.first(where: { $0.shape != first.shape }) {
        throw .misshapen(
          tensor: odd.slice.name.description, shape: odd.slice.shape,
          wanted: first.slice.shape.description)
      }
      arrangement.tensors.append(
        LayoutTensor(
          name: draft.name, shape: first.shape, content: .slices(slices.map(\.slice)),
          reason: draft.reason))
    }
    arrangement.tensors += generated
    arrangement.omitted = omitted
    return arrangement
  }
}
