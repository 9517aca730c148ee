import Foundation
import Testing

/// Reading a stranger's pickles, watched by strace: nothing that they name happens.
@Suite("A hostile pickle")
struct InertTests {
  let folder: Folder

  init() throws { folder = try Folder() }

  private static let tracer = "/usr/bin/strace"

  /// Whether programs can be traced here; some containers forbid it.
  private static let canTrace: Bool = {
    guard FileManager.default.isExecutableFile(atPath: tracer) else { return false }
    let process = Process()
    process.executableURL = URL(fileURLWithPath: tracer)
    process.arguments = ["-o", "/dev/null", "/bin/true"]
    process.standardError = FileHandle.nullDevice
    guard (try? process.run()) != nil else { return false }
    process.waitUntilExit()
    return process.terminationStatus == 0
  }()

  /// Pickles that would touch a canary, start a program, open a socket or remove a file, if anything ran them.
  private func hostilePickles(canary: String) -> [String] {
    [
      "cposix\nsystem\n(S'touch \(canary)'\ntR.",
      "cos\nsystem\n(S'touch \(canary)'\ntR.",
      "(S'touch \(canary)'\nios\nsystem\n.",
      "c__builtin__\nopen\n(S'\(canary)'\nS'w'\ntR.",
      "cbuiltins\neval\n(S'open(\"\(canary)\", \"w\")'\ntR.",
      "csubprocess\nPopen\n((lS'touch'\naS'\(canary)'\natR.",
      "csocket\ncreate_connection\n((S'127.0.0.1'\nI9\nttR.",
      "curllib.request\nurlopen\n(S'http://127.0.0.1:9/'\ntR.",
      "cshutil\nrmtree\n(S'\(canary).keep'\ntR.",
      "cruncode\nload\n(S'\(canary)'\ntR.",
      "cpickle\nloads\n(S'cos\\nsystem\\n(S\"touch \(canary)\"\\ntR.'\ntR.",
      "\u{80}\u{02}ccollections\nOrderedDict\n)Rq\u{00}}(X\u{01}\u{00}\u{00}\u{00}acos\nsystem\n"
        + "X\u{05}\u{00}\u{00}\u{00}touchq\u{01}\u{85}Rub.",
    ]
  }

  /// Runs weft under the tracer and gives the calls that would be a pickle's doing.
  private func forbiddenCalls(_ arguments: [String]) throws -> [String] {
    let log = folder.path("trace")
    let process = Process()
    process.executableURL = URL(fileURLWithPath: Self.tracer)
    process.arguments =
      [
        "-f", "-qq", "-s", "200", "-o", log, "-e",
        "trace=execve,execveat,socket,connect,open,openat,creat,unlink,unlinkat,rename,mkdir",
        Tool.url.path,
      ] + arguments
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    let lines = try String(contentsOfFile: log, encoding: .utf8).split(separator: "\n")
    try #require(lines.contains { $0.contains("execve(") }, "the trace is empty")
    return lines.map(String.init).filter(isForbidden).dropFirstStart(of: Tool.url.path)
  }

  /// Starting a program, talking to anybody, or changing a file; weft itself reads only, and writes one output.
  private func isForbidden(_ line: String) -> Bool {
    if line.contains("execve") || line.contains("socket(") || line.contains("connect(") {
      return true
    }
    let changes = ["O_WRONLY", "O_RDWR", "O_CREAT", "unlink", "rename(", "mkdir(", "creat("]
    return changes.contains { line.contains($0) } && !line.contains("O_TMPFILE")
      && !line.contains("/dev/null")
  }

  @Test(
    "starts no program, opens no socket and touches no file",
    .enabled(if: canTrace, "strace is missing or may not trace here"),
    arguments: ["scan", "inspect", "convert"])
  func inert(command: String) throws {
    let canary = folder.path("canary").replacingOccurrences(of: " ", with: "_")
    let pickles = folder.path("pickles")
    try FileManager.default.createDirectory(atPath: pickles, withIntermediateDirectories: true)
    var paths: [String] = []
    for (index, text) in hostilePickles(canary: canary).enumerated() {
      let path = "\(pickles)/\(index).ckpt"
      let bytes = text.unicodeScalars.map { UInt8(truncatingIfNeeded: $0.value) }
      try Data(bytes).write(to: URL(fileURLWithPath: path))
      paths.append(path)
    }
    let runs =
      command == "scan"
      ? [["scan", pickles]]
      : paths.map {
        command == "inspect"
          ? ["inspect", $0] : ["convert", $0, "-o", folder.path("out.safetensors")]
      }
    for run in runs {
      #expect(try forbiddenCalls(run) == [], "\(run)")
    }
    #expect(!FileManager.default.fileExists(atPath: canary))
    #expect(!FileManager.default.fileExists(atPath: folder.path("out.safetensors")))
  }
}

extension [String] {
  /// Without the first line, when that is the start of the traced program itself.
  fileprivate func dropFirstStart(of path: String) -> [String] {
    guard let first, first.contains("execve(\"\(path)\"") else { return self }
    return Array(dropFirst())
  }
}
