import Foundation
import Testing

@Suite("An output is complete or absent, whatever happens")
struct CrashTests {
  let folder: Folder

  init() throws { folder = try Folder() }

  private func start(_ output: String) throws -> Process {
    let process = Process()
    process.executableURL = Tool.url
    process.arguments = try [
      "fuse", DemoFiles.base, "--adapter", DemoFiles.resAdapter, "-o", output, "--quiet",
      "--no-sync",
    ]
    process.standardError = FileHandle.nullDevice
    try process.run()
    return process
  }

  @Test("kill -9 at 50 moments leaves no output or a complete one, and nothing else")
  func kill() throws {
    let fused = try DemoFiles.fused
    let output = folder.path("out.safetensors")
    var generator = SplitMix64(state: 20_240_305)
    for round in 0..<50 {
      let process = try start(output)
      usleep(UInt32(generator.next() % 80_000))
      Glibc.kill(process.processIdentifier, SIGKILL)
      process.waitUntilExit()
      if FileManager.default.fileExists(atPath: output) {
        #expect(FileManager.default.contentsEqual(atPath: output, andPath: fused), "\(round)")
        try FileManager.default.removeItem(atPath: output)
      }
      #expect(folder.names.isEmpty, "round \(round): \(folder.names)")
    }
    #expect(FileManager.default.contentsEqual(atPath: fused, andPath: try DemoFiles.fused))
  }

  @Test(
    "an interrupt ends the run with its exit code and without an output",
    arguments: [(SIGINT, 130), (SIGTERM, 143)] as [(Int32, Int32)])
  func interrupt(signal: Int32, status: Int32) throws {
    // A run that is over before the signal proves nothing; one of several is caught in the middle.
    for _ in 0..<40 {
      let output = folder.path("out.safetensors")
      let process = try start(output)
      usleep(30_000)
      Glibc.kill(process.processIdentifier, signal)
      process.waitUntilExit()
      if process.terminationStatus == 0 {
        try FileManager.default.removeItem(atPath: output)
        continue
      }
      // Before the handler is installed the signal ends the process itself.
      if process.terminationReason == .uncaughtSignal { continue }
      #expect(process.terminationStatus == status)
      #expect(folder.names.isEmpty)
      return
    }
  }

  @Test("a disk that is too small is noticed before any work")
  func fullDisk() throws {
    let mount = folder.path("small")
    try FileManager.default.createDirectory(atPath: mount, withIntermediateDirectories: true)
    guard try shell("mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", mount) == 0 else {
      print("skipped: a tmpfs cannot be mounted here")
      return
    }
    defer { _ = try? shell("umount", mount) }
    let result = try Tool.run(
      "fuse", DemoFiles.base, "--adapter", DemoFiles.resAdapter, "-o",
      mount + "/out.safetensors")
    #expect(result.status == 74)
    #expect(result.errorLines.count == 1 && result.errors.contains("no room"))
    #expect(try FileManager.default.contentsOfDirectory(atPath: mount).isEmpty)
  }

  @Test("an output that exists, is an input, or has no folder is refused")
  func targets() throws {
    let base = folder.path("base.safetensors")
    try FileManager.default.copyItem(atPath: DemoFiles.base, toPath: base)
    let link = folder.path("link.safetensors")
    try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: base)
    for (output, options) in [
      (base, []), (base, ["--force"]), (link, ["--force"]),
      (folder.path("none/out.safetensors"), []),
    ] as [(String, [String])] {
      let result = try Tool.run(
        ["fuse", base, "--adapter", DemoFiles.resAdapter, "-o", output] + options)
      #expect(result.status == 73, "\(output): \(result.errors)")
      #expect(result.errorLines.count == 1)
    }
    #expect(FileManager.default.contentsEqual(atPath: base, andPath: try DemoFiles.base))
  }

  @Test("--force replaces an output as a whole")
  func force() throws {
    let output = folder.path("out.safetensors")
    try Data("old".utf8).write(to: URL(fileURLWithPath: output))
    let arguments = try ["fuse", DemoFiles.base, "--adapter", DemoFiles.resAdapter, "-o", output]
    #expect(try Tool.run(arguments).status == 73)
    #expect(try Tool.run(arguments + ["--force"]).status == 0)
    #expect(FileManager.default.contentsEqual(atPath: output, andPath: try DemoFiles.fused))
    #expect(folder.names == ["out.safetensors"])
  }

  private func shell(_ arguments: String...) throws -> Int32 {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = arguments
    process.standardError = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    return process.terminationStatus
  }
}

/// A small generator with a fixed sequence, so that a failing round can be run again.
struct SplitMix64: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var value = state
    value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
    value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
    return value ^ (value >> 31)
  }
}
