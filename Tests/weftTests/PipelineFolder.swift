import Foundation

/// A folder with small models of the demo's, each of its own content, and pipelines over them.
final class PipelineFolder {
  let folder: Folder

  /// Makes models `models/m0.safetensors` and so on.
  init(models count: Int) throws {
    folder = try Folder()
    try FileManager.default.createDirectory(
      atPath: folder.path("models"), withIntermediateDirectories: true)
    let base = try Data(contentsOf: URL(fileURLWithPath: DemoFiles.base))
    for number in 0..<count {
      var model = base
      // The lowest bits of a weight make another model of the same structure.
      model[model.count - 2] = UInt8(number)
      try model.write(to: URL(fileURLWithPath: self.model(number)))
    }
  }

  func model(_ number: Int) -> String { folder.path("models/m\(number).safetensors") }

  func output(_ name: String) -> String { folder.path("out/" + name) }

  /// Writes a pipeline of the models and gives its path; `ADAPTER` in the steps is the demo's ResAdapter.
  func pipeline(_ steps: String, more: String = "") throws -> String {
    let path = folder.path("p.yaml")
    let lines = steps.replacingOccurrences(of: "ADAPTER", with: try DemoFiles.resAdapter)
      .split(separator: "\n").map { "  " + $0 }.joined(separator: "\n")
    try """
    version: 1
    inputs: [models/*.safetensors]
    outputs: out
    \(more)
    steps:
    \(lines)

    """.write(toFile: path, atomically: true, encoding: .utf8)
    return path
  }

  /// The steps that most tests use: one pass and its proof.
  static let fuse = """
    tuned: {fuse: input, adapters: ["ADAPTER"], save: "${name}.safetensors"}
    proof: {verify: tuned}
    """

  /// The names in the folder of the outputs, without the state.
  var outputs: [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: folder.path("out"))) ?? [])
      .filter { $0 != ".weft" }.sorted()
  }

  /// The records of all journals.
  func records() throws -> [[String: Any]] {
    let journals = folder.path("out/.weft/journal")
    return try FileManager.default.contentsOfDirectory(atPath: journals).flatMap { name in
      try String(contentsOfFile: journals + "/" + name, encoding: .utf8).split(separator: "\n")
        .compactMap { try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any] }
    }
  }

  /// Runs the pipeline and gives what it said as JSON.
  func run(_ path: String, _ options: String...) throws -> (status: Int32, json: [String: Any]) {
    let result = try Tool.run(
      ["pipeline", "run", path, "--jobs", "2", "--no-sync", "--json"] + options)
    return (result.status, (try? result.json()) ?? ["errors": result.errors])
  }
}

extension [String: Any] {
  /// A number of a JSON object.
  func number(_ key: String) -> Int? { self[key] as? Int }

  /// A number of an object in a JSON object.
  func number(_ key: String, _ inner: String) -> Int? {
    (self[key] as? [String: Any])?[inner] as? Int
  }
}
