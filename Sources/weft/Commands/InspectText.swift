import WeftFormats
import WeftFiles
import WeftTensors
import WeftTransform

/// An inspection as people read it.
enum InspectText {
  static func text(_ inspection: Inspection, listingTensors: Bool) -> String {
    let checkpoint = inspection.checkpoint
    var rows: [(String, String)] = [
      ("file", checkpoint.path),
      ("kind", inspection.recognition.kind.rawValue),
      ("architecture", inspection.recognition.architecture?.id ?? "unknown"),
      (
        "layout",
        "\(inspection.recognition.layout ?? "unknown"), \(checkpoint.format.rawValue)"
      ),
      ("size", "\(HumanText.bytes(checkpoint.byteCount)) (\(checkpoint.byteCount) bytes)"),
      ("tensors", "\(checkpoint.tensors.count), \(inspection.parameterCount) parameters"),
      ("types", list(inspection.dtypeCounts)),
    ]
    rows += inspection.scaledForms.map { form in
      ("stored", "\(form.count) × \(form.name)" + (form.title.map { ": \($0)" } ?? ""))
    }
    if let fault = inspection.fault { rows.append(("damage", fault)) }
    if let adapter = inspection.adapter {
      rows.append(("families", list(adapter.families)))
      if !adapter.ranks.isEmpty { rows.append(("ranks", list(adapter.ranks))) }
      if !adapter.scales.isEmpty { rows.append(("scales", list(adapter.scales))) }
      if !adapter.fits.isEmpty { rows.append(("fits", adapter.fits.joined(separator: ", "))) }
    }
    rows += inspection.recognition.evidence.map { ("because", $0) }
    rows += inspection.alarms.map {
      ("names", "\($0.what) (byte \($0.offset), \($0.severity.rawValue)), which was not called")
    }
    rows += checkpoint.notes.map { ("note", $0) }
    rows += checkpoint.metadata.sorted { $0.key < $1.key }.map { ("metadata", metadata($0, $1)) }
    var lines = rows.map { pad($0.0, to: 13) + printable($0.1) }
    if listingTensors { lines += tensorLines(checkpoint.tensors.map(\.info)) }
    return lines.joined(separator: "\n")
  }

  private static func metadata(_ key: String, _ value: String) -> String {
    let limit = 120
    // Counting characters would take seconds for a hostile value; bytes are known at once.
    let shown =
      value.utf8.count > limit ? "\(value.prefix(limit))… (\(value.utf8.count) bytes)" : value
    return "\(key) = \(shown)"
  }

  private static func list(_ counts: [String: Int]) -> String {
    counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
      .map { "\($0.value) × \($0.key)" }.joined(separator: ", ")
  }

  private static func tensorLines(_ infos: [TensorInfo]) -> [String] {
    let nameWidth = infos.map(\.name.count).max() ?? 0
    let typeWidth = infos.map(\.dtype.rawValue.count).max() ?? 0
    return infos.map { info in
      pad(printable(info.name), to: nameWidth + 2) + pad(info.dtype.rawValue, to: typeWidth + 2)
        + "\(info.shape)  \(info.byteCount)"
    }
  }

  private static func pad(_ text: String, to width: Int) -> String {
    text + String(repeating: " ", count: max(1, width - text.count))
  }
}
