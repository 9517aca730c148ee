import WeftTensors

/// The parts of the library that an architecture refers to.
struct ArchitectureContext {
  let schemas: [String: Schema]
  let keyMaps: [String: KeyMap]
  /// The places that all architectures share, by layout and component.
  let places: [String: [String: [Place]]]
  let architectures: [Architecture]
}

extension Architecture {
  /// Reads an architecture from its file; one that is like another inherits what it does not state.
  init(_ value: JSONValue, file: String, _ context: ArchitectureContext) throws(FormatError) {
    let object = try FormatObject(
      value, file: file,
      keys: ["id", "title", "like", "components", "places", "signs", "optional"])
    id = try object.text("id")
    title = try object.text("title")
    like = try object.optionalText("like")
    let base = context.architectures.first { [like] in $0.id == like }
    guard like == nil || base != nil else {
      throw object.failure("like", "names an architecture that is not known (yet)")
    }
    components = try Self.components(object, base: base, context)
    var places = base?.places ?? context.places
    for layout in try object.entries("places") {
      for (component, list) in try Place.lists(layout.value, file: file, context.keyMaps) {
        places[layout.key, default: [:]][component] = list
      }
    }
    self.places = places
  }

  private static func components(
    _ object: FormatObject, base: Architecture?, _ context: ArchitectureContext
  ) throws(FormatError) -> [Component] {
    var components = base?.components ?? []
    let signs = JSONValue.object(try object.entries("signs"))
    let optional = JSONValue.object(try object.entries("optional"))
    for entry in try object.entries("components") {
      let earlier = components.firstIndex { $0.name == entry.key }
      let component = try Component(
        entry, file: object.file, schemas: context.schemas, siblings: components,
        signs: signs[entry.key]?.elements ?? [],
        optional: optional[entry.key]?.elements?.compactMap(\.text) ?? [])
      if let earlier { components[earlier] = component } else { components.append(component) }
    }
    return components
  }
}

extension Architecture.Component {
  /// Reads a component; what it does not state is that of the same one in the architecture's base, or of the sibling
  /// that it is like.
  init(
    _ entry: JSONValue.Member, file: String, schemas: [String: Schema],
    siblings: [Architecture.Component], signs: [JSONValue], optional: [String]
  ) throws(FormatError) {
    let object = try FormatObject(
      entry.value, file: file, keys: ["schema", "like", "beside", "dimensions"])
    name = entry.key
    let known = Dictionary(siblings.map { ($0.name, $0) }) { first, _ in first }
    let sibling = try object.like(in: known)
    let base = known[entry.key] ?? sibling
    isBeside = try object.optionalFlag("beside") ?? base?.isBeside ?? false
    let id = try object.text("schema")
    guard let schema = schemas[id] else {
      throw object.failure("schema", "names '\(id)', which is not in schemas/")
    }
    self.schema = schema
    self.optional = (base?.optional ?? []).union(optional)
    var stated = base?.stated ?? []
    for member in try object.entries("dimensions") {
      stated.removeAll { $0.name == member.key }
      stated.append((member.key, try Architecture.StatedDimension(member.value, file: file)))
    }
    self.stated = stated
    var all = base?.signs ?? []
    for sign in signs { all.append(try Sign(sign, file: file)) }
    self.signs = all
  }
}

extension Architecture.StatedDimension {
  init(_ value: JSONValue, file: String) throws(FormatError) {
    if let integer = value.integer {
      self = .value(.integer(integer))
    } else if let elements = value.elements {
      self = .value(.list(elements.compactMap(\.integer)))
    } else {
      self = .derived(try Expression(value, file: file))
    }
  }
}
