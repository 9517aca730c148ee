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
      for component in architecture.components {
        let places = layoutIDs.flatMap { architecture.places[$0]?[component.name] ?? [] }
        for tensor in try component.expanded() {
          reports += places.map { $0.map.report(on: tensor.name) }
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

extension KeyMap {
  /// The rules that fit a tensor.
  fileprivate func report(on name: CanonicalName) -> RuleReport {
    let fitting = fittingRules(name.path)
    return RuleReport(
      map: id, name: name, fitting: fitting, written: fitting.filter { !rules[$0].isReadOnly })
  }
}
