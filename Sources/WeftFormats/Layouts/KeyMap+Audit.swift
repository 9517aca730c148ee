/// Which rules of a key map fit a name.
package struct RuleReport: Sendable {
  /// The name of the key map.
  package let map: String
  /// The name that the rules are for.
  package let name: CanonicalName
  /// The places of all rules that fit, those that are only read included.
  package let fitting: [Int]
  /// The places of the rules that write; there must be just one.
  package let written: [Int]
}

extension FormatLibrary {
  /// The rules that fit each tensor of each architecture, in each layout, for checks of the data.
  package func ruleReports() throws(FormatError) -> [RuleReport] {
    var reports: [RuleReport] = []
    for architecture in architectures {
      for tensor in try architecture.expanded(withOptional: true) {
        for layout in layoutIDs {
          for place in architecture.places[layout]?[tensor.name.component] ?? [] {
            let fitting = place.map.fittingRules(tensor.name.path)
            reports.append(
              RuleReport(
                map: place.map.id, name: tensor.name, fitting: fitting,
                written: fitting.filter { !place.map.rules[$0].isReadOnly }))
          }
        }
      }
    }
    return reports
  }

  /// The number of rules of each key map that an architecture uses.
  package func ruleCounts() -> [String: Int] {
    var counts: [String: Int] = [:]
    for architecture in architectures {
      for place in architecture.places.values.flatMap(\.values).joined() {
        counts[place.map.id] = place.map.rules.count
      }
    }
    return counts
  }
}
