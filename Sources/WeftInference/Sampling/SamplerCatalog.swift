package import WeftFormats
import WeftTensors

/// The samplers and schedules that people name.
package struct SamplerCatalog: Sendable {
  /// The samplers, as they are listed.
  package let samplers: [SamplerDescription]
  /// The schedules, as they are listed.
  package let schedules: [ScheduleDescription]

  /// Takes what `formats/` knows.
  package init(_ library: FormatLibrary) {
    (samplers, schedules) = (library.samplers, library.schedules)
  }

  /// What a name means: a sampler, and a schedule where the name ends in one's, as in "DPM++ 2M Karras".
  ///
  /// Case, spaces, `-` and `_` do not matter, and `++` reads as `pp`.
  package func find(
    _ name: String
  ) throws -> (sampler: SamplerDescription, schedule: NamedSchedule?) {
    let plain = Self.plain(name)
    if let sampler = sampler(plain) { return (sampler, nil) }
    for schedule in schedules {
      for ending in schedule.allNames.map(Self.plain) where plain.hasSuffix(ending) {
        guard let sampler = sampler(String(plain.dropLast(ending.count))) else { continue }
        return (sampler, try named(schedule))
      }
    }
    throw SamplerError.usage(
      "no sampler is named '\(name)'",
      advice: Self.advice(plain, samplers.map { ($0.title, $0.allNames) }))
  }

  /// The schedule of a name.
  package func schedule(_ name: String) throws -> NamedSchedule {
    let plain = Self.plain(name)
    guard let found = schedules.first(where: { $0.allNames.map(Self.plain).contains(plain) }) else {
      throw SamplerError.usage(
        "no schedule is named '\(name)'",
        advice: Self.advice(plain, schedules.map { ($0.title, $0.allNames) }))
    }
    return try named(found)
  }

  /// The sampler that `formats/samplers.json` gives an identity.
  func description(_ id: String) throws -> SamplerDescription {
    guard let found = samplers.first(where: { $0.id == id }) else { return try find(id).sampler }
    return found
  }

  private func sampler(_ plain: String) -> SamplerDescription? {
    samplers.first { $0.allNames.map(Self.plain).contains(plain) }
  }

  private func named(_ schedule: ScheduleDescription) throws -> NamedSchedule {
    guard let named = NamedSchedule(rawValue: schedule.id) else {
      throw SamplerError(
        status: .badData, what: "the schedule '\(schedule.id)' is none that can be computed",
        place: "schedules.json", advice: "take it out of the formats that were given")
    }
    return named
  }

  /// The title whose names are nearest to an unknown one, or all titles.
  private static func advice(_ name: String, _ known: [(title: String, names: [String])]) -> String
  {
    let nearest = NearestName.of(name, among: known.flatMap { $0.names.map(plain) })
    let found = nearest.flatMap { near in known.first { $0.names.map(plain).contains(near) } }
    return found.map { "did you mean '\($0.title)'?" }
      ?? "use one of \(known.map(\.title).joined(separator: ", "))"
  }

  /// A name without what people write in different ways.
  static func plain(_ name: String) -> String {
    name.lowercased().replacing("++", with: "pp").filter { !" -_".contains($0) }
  }
}

extension SamplerDescription {
  var allNames: [String] { [id, title] + names + (className.map { [$0] } ?? []) }
}

extension ScheduleDescription {
  var allNames: [String] { [id, title] + names }
}
