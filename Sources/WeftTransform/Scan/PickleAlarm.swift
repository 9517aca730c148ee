package import WeftFiles
package import WeftFormats
package import WeftTensors

/// A function or class that a checkpoint's pickle names and that no checkpoint needs.
package struct PickleAlarm: Sendable {
  /// The function or class.
  package let what: String
  /// Where it is first named, counted from the start of the file or of the archive's pickle.
  package let offset: Int
  /// How bad it is; at least suspicious.
  package let severity: PickleNames.Severity

  /// Those of a checkpoint, in the order of its files.
  package static func all(in checkpoint: Checkpoint, names: PickleNames) -> [PickleAlarm] {
    checkpoint.globals.compactMap { global in
      let severity = names.severity(of: global)
      guard severity >= .suspicious else { return nil }
      return PickleAlarm(what: global.title, offset: global.offset, severity: severity)
    }
  }

  /// A sentence about those of a checkpoint, or none.
  package static func remarks(on checkpoint: Checkpoint, names: PickleNames) -> [String] {
    let alarms = all(in: checkpoint, names: names)
    guard let worst = alarms.max(by: { $0.severity < $1.severity }) else { return [] }
    let more = alarms.count > 1 ? " and \(alarms.count - 1) more" : ""
    let verb = alarms.count > 1 ? "were" : "was"
    return [
      "its pickle names \(worst.what) (byte \(worst.offset))\(more), which \(verb) not called; see weft scan"
    ]
  }
}

extension PickleAlarm {
  /// The alarm for programs.
  package var json: JSONValue {
    .object([
      "what": .string(what), "offset": .integer(offset), "severity": .string(severity.rawValue),
    ])
  }
}

extension PickleNames {
  /// Judges what a pickle names; a name that is only computed when the pickle is loaded may be any.
  package func severity(of global: PickleGlobal) -> Severity {
    let severity = severity(module: global.module, name: global.name)
    return global.isComputed ? max(severity, .suspicious) : severity
  }
}
