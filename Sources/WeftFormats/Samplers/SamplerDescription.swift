import WeftTensors

/// A sampler as people name it, and what it is made of.
package struct SamplerDescription: Sendable {
  /// The name by which it is asked for.
  package let id: String
  /// The name as A1111 writes it.
  package let title: String
  /// Its names in other programs.
  package let names: [String]
  /// The formula's name.
  package let rule: String
  /// Whose conventions it can follow, the usual ones first: `k-diffusion` or `diffusers`.
  package let styles: [String]
  /// The schedule that the name alone means in the usual style.
  package let automatic: String
  /// How many predictions a step looks at, for rules that can take several numbers.
  package let order: Int?
  /// How the rule takes its second order.
  package let solver: String?
  /// How much of the noise is fresh in each step, unless it is asked for otherwise.
  package let eta: Double?
  /// Whether fresh noise comes from one Brownian path, so that more steps give a like picture.
  package let isBrownian: Bool
  /// Whether the last noise level but the end is left out, as A1111 and ComfyUI do.
  package let dropsPenultimate: Bool
  /// The scheduler of diffusers that it is.
  package let className: String?
  /// Its `algorithm_type` where one scheduler has several.
  package let algorithm: String?

  private static let keys = [
    "id", "title", "names", "rule", "styles", "automatic", "order", "solver", "eta", "brownian",
    "drops_penultimate", "class", "algorithm",
  ]

  static func rows(_ object: FormatObject) throws(FormatError) -> [SamplerDescription] {
    var rows: [SamplerDescription] = []
    for row in try object.objects("samplers", keys: keys) {
      rows.append(try SamplerDescription(row))
    }
    return rows
  }

  private init(_ row: FormatObject) throws(FormatError) {
    id = try row.text("id")
    title = try row.text("title")
    names = try row.texts("names")
    rule = try row.text("rule")
    styles = try row.texts("styles")
    automatic = try row.text("automatic")
    order = try row.optionalInteger("order")
    solver = try row.optionalText("solver")
    eta = row["eta"] == nil ? nil : try row.number("eta")
    isBrownian = try row.optionalFlag("brownian") ?? false
    dropsPenultimate = try row.optionalFlag("drops_penultimate") ?? false
    className = try row.optionalText("class")
    algorithm = try row.optionalText("algorithm")
    guard !styles.isEmpty else { throw row.failure("styles", "must have an element") }
  }
}

/// A way to choose noise levels, as people name it.
package struct ScheduleDescription: Sendable {
  /// The name by which it is asked for.
  package let id: String
  /// The name as A1111 writes it.
  package let title: String
  /// Its names in other programs.
  package let names: [String]
}

extension FormatFolders {
  /// The samplers.
  mutating func samplers() throws(FormatError) -> [SamplerDescription] {
    let file = "samplers.json"
    return try SamplerDescription.rows(
      FormatObject(try single(file), file: file, keys: ["samplers"]))
  }

  /// The ways to choose noise levels.
  mutating func schedules() throws(FormatError) -> [ScheduleDescription] {
    let file = "schedules.json"
    let object = try FormatObject(try single(file), file: file, keys: ["schedules"])
    var rows: [ScheduleDescription] = []
    for row in try object.objects("schedules", keys: ["id", "title", "names"]) {
      rows.append(
        ScheduleDescription(
          id: try row.text("id"), title: try row.text("title"), names: try row.texts("names")))
    }
    return rows
  }
}
