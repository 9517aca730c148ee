import Foundation
import WeftFormats
import WeftPipelines

/// The engines of the library.
let engines: [String: Engine] = {
  let library = try? FormatLibrary.embedded()
  return Dictionary(uniqueKeysWithValues: (library?.engines ?? []).map { ($0.id, $0) })
}()

extension Submission {
  /// 64 tasks in as many slices, four at once.
  static let small = Submission(
    manifestPath: "/data/models/all.jsonl", weftPath: "/usr/local/bin/weft", taskCount: 64,
    sliceCount: 64, throttle: 4, memoryByteCount: 600 << 20, seconds: 90, cpuCount: 2, name: "all",
    image: "example.org/weft:1.0", volumeClaim: "models", mountPath: "/data")

  /// 10,000 tasks in 500 slices, at paths that mean something to every language, without a throttle.
  static let awkward = Submission(
    manifestPath: "/data/it's 100% \"new\"\n$(HOME)/$all & \\1.jsonl",
    weftPath: "/opt/weft #1 {2}/bin/weft", taskCount: 10_000, sliceCount: 500,
    memoryByteCount: 3 << 30,
    seconds: 1234.5, cpuCount: 3, name: "$all & {slice}", image: "example.org/weft:1.0",
    volumeClaim: "models", mountPath: "/data", retries: 0)
}

/// What a program prints when it reads a text from its standard input.
func output(of program: [String], reading text: String) throws -> [UInt8] {
  let process = Process()
  let (input, output) = (Pipe(), Pipe())
  process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
  process.arguments = program
  process.standardInput = input
  process.standardOutput = output
  try process.run()
  try input.fileHandleForWriting.write(contentsOf: Data(text.utf8))
  try input.fileHandleForWriting.close()
  let data = try output.fileHandleForReading.readToEnd() ?? Data()
  process.waitUntilExit()
  return [UInt8](data)
}
