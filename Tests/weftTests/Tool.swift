import Foundation

/// The built program, run as a user runs it.
enum Tool {
  /// What a run gave.
  struct Result {
    let status: Int32
    let output: String
    let errors: String

    /// The error lines of the conversation, without warnings and progress.
    var errorLines: [String] {
      errors.split(separator: "\n").map(String.init).filter { $0.hasPrefix("weft: error: ") }
    }

    /// The one JSON object on standard output.
    func json() throws -> [String: Any] {
      let value = try JSONSerialization.jsonObject(with: Data(output.utf8))
      return value as? [String: Any] ?? [:]
    }
  }

  /// The program, which the build puts beside the test bundle.
  static let url = URL(fileURLWithPath: CommandLine.arguments[0])
    .resolvingSymlinksInPath().deletingLastPathComponent().appendingPathComponent("weft")

  /// Runs the program to its end.
  static func run(_ arguments: String...) throws -> Result {
    try run(arguments)
  }

  /// Runs the program to its end, with variables beside those of the tests.
  static func run(_ arguments: [String], environment: [String: String] = [:]) throws -> Result {
    let folder = try Folder()
    let output = folder.path("stdout")
    let errors = folder.path("stderr")
    for path in [output, errors] {
      _ = FileManager.default.createFile(atPath: path, contents: nil)
    }
    let process = Process()
    process.executableURL = url
    process.arguments = arguments
    process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    // Files rather than pipes: a full pipe would stop a program that says much.
    process.standardOutput = FileHandle(forWritingAtPath: output)
    process.standardError = FileHandle(forWritingAtPath: errors)
    try process.run()
    process.waitUntilExit()
    return Result(
      status: process.terminationStatus,
      output: try String(contentsOfFile: output, encoding: .utf8),
      errors: try String(contentsOfFile: errors, encoding: .utf8))
  }
}

/// A temporary folder that is removed with its last reference.
final class Folder: Sendable {
  let url: URL

  init() throws {
    url = FileManager.default.temporaryDirectory
      .appendingPathComponent("weft tests é \(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(at: url) }

  /// A path in the folder.
  func path(_ name: String) -> String { url.appendingPathComponent(name).path }

  /// The names in the folder, hidden ones included.
  var names: [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: url.path)) ?? []).sorted()
  }
}
