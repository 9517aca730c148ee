import WeftTensors

/// An engine that runs workers on many machines, and the file that is submitted to it.
package struct Engine: Sendable {
  /// What is added to a prediction, since machines differ and disks are shared.
  package struct Margin: Sendable {
    /// What the prediction is multiplied by.
    package let factor: Double
    /// What is added to the product, in the prediction's unit.
    package let extra: Double

    /// The prediction with the margin.
    package func applied(to prediction: Double) -> Double { prediction * factor + extra }
  }

  /// The name by which it is asked for, such as `slurm`.
  package let id: String
  /// The name as its makers write it.
  package let title: String
  /// The name that its file usually has.
  package let fileName: String
  /// The characters that the manifest's path may not have, since the engine has no way to quote them.
  package let forbiddenCharacters: String
  /// The most slices that it takes as it is usually configured; nil without limit.
  package let sliceLimit: Int?
  /// The margin of the time, in seconds.
  package let timeMargin: Margin
  /// The margin of the memory, in bytes.
  package let memoryMargin: Margin
  /// The text of the file, with a placeholder such as `${manifest.bash}` for each value.
  package let template: String
}

extension Engine {
  private static let keys = [
    "id", "title", "template", "file_name", "forbidden_characters", "slice_limit", "time_factor",
    "time_extra_seconds",
    "memory_factor", "memory_extra_mib",
  ]
  private static let bytesInMebibyte = 1_048_576.0

  /// Reads an engine from its file, which names the file of the template.
  init(_ value: JSONValue, file: String, folders: inout FormatFolders) throws(FormatError) {
    let object = try FormatObject(value, file: file, keys: Self.keys)
    id = try object.text("id")
    title = try object.text("title")
    fileName = try object.text("file_name")
    forbiddenCharacters = try object.optionalText("forbidden_characters") ?? ""
    sliceLimit = try object.optionalInteger("slice_limit")
    timeMargin = Margin(
      factor: try object.number("time_factor"), extra: try object.number("time_extra_seconds"))
    memoryMargin = Margin(
      factor: try object.number("memory_factor"),
      extra: try object.number("memory_extra_mib") * Self.bytesInMebibyte)
    template = try folders.text(try object.text("template"))
  }
}

extension FormatFolders {
  /// The engines, sorted by name.
  mutating func engines() throws(FormatError) -> [Engine] {
    var engines: [Engine] = []
    for (file, value) in folder("engines") {
      engines.append(try Engine(value, file: file, folders: &self))
    }
    return engines.sorted { $0.id < $1.id }
  }
}

extension FormatLibrary {
  /// The engine of a name, or nil.
  package func engine(_ id: String) -> Engine? { engines.first { $0.id == id } }
}
