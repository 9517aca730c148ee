import Foundation
import Testing

@Suite("weft scan")
struct ScanTests {
  let folder: Folder

  init() throws { folder = try Folder() }

  static let fixtures = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent()
    .appendingPathComponent("Fixtures/torch").path

  private func write(_ bytes: [UInt8], _ name: String) throws -> String {
    let path = folder.path(name)
    try Data(bytes).write(to: URL(fileURLWithPath: path))
    return path
  }

  private func scan(_ paths: String...) throws -> (status: Int32, files: [[String: Any]]) {
    let result = try Tool.run(["scan"] + paths + ["--json"])
    return (result.status, try result.json()["files"] as? [[String: Any]] ?? [])
  }

  private func findings(_ file: [String: Any]?) -> [[String: Any]] {
    file?["findings"] as? [[String: Any]] ?? []
  }

  @Test("checkpoints of torch are safe; a training program's classes are noticed")
  func fixtures() throws {
    let (status, files) = try scan(Self.fixtures)
    #expect(status == 0)
    #expect(files.count > 15)
    #expect(files.allSatisfy { $0["verdict"] as? String == "safe" })
    let lightning = files.first { ($0["path"] as? String)?.hasSuffix("lightning.ckpt") == true }
    #expect(findings(lightning).map { $0["what"] as? String } == ["argparse.Namespace"])
    #expect(findings(lightning).map { $0["severity"] as? String } == ["notice"])
  }

  static let unsafe: [(String, String, String)] = [
    ("cposix\nsystem\n(S'id'\ntR.", "posix.system", "dangerous"),
    ("c__builtin__\neval\n(S'1'\ntR.", "builtins.eval", "dangerous"),
    ("(S'id'\nios\nsystem\n.", "os.system", "dangerous"),
    ("cno.such.module\nClass\n)R.", "no.such.module.Class", "suspicious"),
    (
      "ctorch.nn.modules.module\nwarnings.sys\n)R.", "torch.nn.modules.module.warnings.sys",
      "suspicious"
    ),
    (
      "ccollections\nOrderedDict\n)R?", "malformed pickle: the byte 63 is no instruction",
      "suspicious"
    ),
    ("cno.such.module\nClass\n)R", "malformed pickle: it ends too early", "suspicious"),
  ]

  @Test("a pickle that would run something is unsafe", arguments: unsafe)
  func isUnsafe(pickle: String, what: String, severity: String) throws {
    // The name does not matter.
    let (status, files) = try scan(try write(Array(pickle.utf8), "picture.png"))
    #expect(status == 1)
    #expect(files.first?["verdict"] as? String == "unsafe")
    #expect(findings(files.first).contains { $0["what"] as? String == what })
    #expect(findings(files.first).contains { $0["severity"] as? String == severity })
  }

  @Test("an array of objects is looked into")
  func numpy() throws {
    let header = Array("{'descr': '|O', 'fortran_order': False, 'shape': (1,), }\n".utf8)
    var start: [UInt8] = [0x93]
    start += Array("NUMPY".utf8)
    start += [1, 0, UInt8(header.count), 0]
    start += header
    let path = try write(start + Array("cos\nsystem\n(S'id'\ntR.".utf8), "a.npy")
    let (status, files) = try scan(path)
    #expect(status == 1)
    #expect(findings(files.first).first?["offset"] as? Int == start.count)
  }

  @Test("what cannot be looked into is unreadable, and what is missing is missing")
  func exits() throws {
    let archive = try write([0x37, 0x7A, 0xBC, 0xAF, 0x27, 0x1C, 0, 4], "a.7z")
    let cut = try write([0x80, 2, 0x58], "b.pkl")
    let exploit = try write(Array("cos\nsystem\n(S'id'\ntR.".utf8), "c.pkl")
    let safe = try write(Array("hello".utf8), "d.txt")
    #expect(try scan(archive).status == 65)
    #expect(try scan(cut).status == 65)
    #expect(try scan(archive, exploit).status == 1)
    #expect(try scan(safe).status == 0)
    #expect(try Tool.run("scan", folder.path("none")).status == 66)
    #expect(try Tool.run("scan").status == 64)
  }

  @Test("a missing path does not stop the others, and is listed")
  func missing() throws {
    let safe = try write(Array("hello".utf8), "d.txt")
    let archive = try write([0x37, 0x7A, 0xBC, 0xAF, 0x27, 0x1C, 0, 4], "a.7z")
    let exploit = try write(Array("cos\nsystem\n(S'id'\ntR.".utf8), "c.pkl")
    let pipe = folder.path("pipe")
    #expect(mkfifo(pipe, 0o600) == 0)
    let missing = folder.path("none")
    let (status, files) = try scan(missing, safe, pipe, archive)
    #expect(status == 66)
    let verdicts = files.map { $0["verdict"] as? String }
    #expect(verdicts == ["unreadable", "safe", "unreadable", "unreadable"])
    #expect(findings(files.first).first?["what"] as? String == "no such file or folder")
    #expect(findings(files.first).first?["severity"] as? String == "notice")
    #expect(try scan(missing, exploit).status == 1)
    #expect(try scan(pipe).status == 66)
  }

  @Test("a download that stopped among harmless names is unreadable, not unsafe")
  func cut() throws {
    let legacy = try Data(contentsOf: URL(fileURLWithPath: Self.fixtures + "/legacy.pt"))
    // Within the pickle of the tensors.
    let (status, files) = try scan(write(Array(legacy.prefix(300)), "legacy.ckpt"))
    #expect(status == 65)
    #expect(files.first?["verdict"] as? String == "unreadable")
    #expect(findings(files.first).allSatisfy { $0["severity"] as? String == "notice" })
    let safetensors = try write(Array("{\"not\": 1}".utf8), "a.safetensors")
    #expect(try scan(safetensors, try write([], "empty.ckpt")).status == 65)
  }

  /// A checkpoint of the old format whose pickle names a dangerous function beside a tensor.
  private static let hostileCheckpoint: [UInt8] = {
    let magic: [UInt8] = [0x6C, 0xFC, 0x9C, 0x46, 0xF9, 0x20, 0x6A, 0xA8, 0x50, 0x19]
    let reference = "(S'storage'\nctorch\nFloatStorage\nS'0'\nS'cpu'\nI4\ntQ"
    let tensor =
      "ctorch._utils\n_rebuild_tensor_v2\n(\(reference)I0\n(I4\nt(I1\ntI00\n(dtR"
    let call = "cposix\nsystem\n(S'id'\ntR"
    let text =
      "I1001\n.(dS'little_endian'\nI01\ns.(dS'w'\n\(tensor)sS'x'\n\(call)s.(lS'0'\na."
    let data: [UInt8] = [4, 0, 0, 0, 0, 0, 0, 0] + [UInt8](repeating: 1, count: 16)
    return [0x80, 2, 0x8A, 10] + magic + [0x2E] + Array(text.utf8) + data
  }()

  @Test("weft inspect says what a checkpoint's pickle names beside tensors")
  func inspection() throws {
    let path = try write(Self.hostileCheckpoint, "model.ckpt")
    let json = try Tool.run("inspect", path, "--json").json()
    let globals = try #require(json["globals"] as? [[String: Any]])
    #expect(globals.map { $0["what"] as? String } == ["posix.system"])
    #expect(globals.map { $0["severity"] as? String } == ["dangerous"])
    let offset = try #require(globals.first?["offset"] as? Int)
    #expect(Self.hostileCheckpoint[offset...].starts(with: Array("cposix".utf8)))
    let text = try Tool.run("inspect", path).output
    #expect(text.contains("posix.system (byte \(offset), dangerous)"), "\(text)")
    #expect(try scan(path).status == 1)
  }

  @Test("names in a file cannot steer the terminal")
  func escapes() throws {
    let path = try write(Array("cos\u{1B}[2J\nsystem\n(S'id'\ntR.".utf8), "a.pkl")
    let output = try Tool.run("scan", path).output
    #expect(output.contains("os\\u{1b}[2J"))
    #expect(!output.contains("\u{1B}"))
  }

  @Test("a folder with a loop of links is walked once")
  func loop() throws {
    _ = try write(Array("N.".utf8), "a.pkl")
    try FileManager.default.createSymbolicLink(
      atPath: folder.path("loop"), withDestinationPath: folder.url.path)
    #expect(try scan(folder.url.path).files.count == 1)
  }

  @Test("a thousand small pickles take about a second")
  func many() throws {
    for index in 0..<1000 {
      _ = try write(Array("(dp0\nS'a'\nI\(index)\ns.".utf8), "\(index).pkl")
    }
    let start = ContinuousClock.now
    #expect(try scan(folder.url.path).files.count == 1000)
    // Three times the promise, for a machine that does other things too.
    // Ten times the promised second, for a machine that builds at the same time.
    #expect(ContinuousClock.now - start < .seconds(10))
  }
}
