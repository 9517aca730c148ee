import Foundation
import Testing
import WeftFiles

@Suite("weft calibrate")
struct CalibrateTests {
  private let folder: Folder

  init() throws { folder = try Folder() }

  private func calibrate(_ output: String, _ options: [String] = [], status: Int32 = 0) throws
    -> Tool.Result
  {
    let result = try Tool.run(
      ["calibrate", try DemoFiles.base, "-o", output, "--size", "64x64", "--samples", "2"]
        + options)
    #expect(result.status == status, "\(options): \(result.errors)")
    if status != 0 { #expect(result.errorLines.count == 1 && result.output.isEmpty) }
    return result
  }

  @Test("writes a matrix that quantize takes, and scales for 8 bits, the same for any threads")
  func chain() throws {
    let (matrix, scales) = (folder.path("m.gguf"), folder.path("s.json"))
    let json = try calibrate(matrix, ["--int8", scales, "--json", "--threads", "1"]).json()
    #expect(json["component"] as? String == "unet" && json["runs"] as? Int == 2)
    let layers = try #require(json["layers"] as? Int)
    let text = try JSONSerialization.jsonObject(with: Data(contentsOf: URL(filePath: scales)))
    let file = try #require(text as? [String: Any])
    #expect((file["layers"] as? [String: Any])?.count == layers)
    #expect(try Checkpoint.open(matrix).tensors.count == 2 * layers)

    let again = folder.path("again.gguf")
    _ = try calibrate(again, ["--threads", "3"])
    #expect(FileManager.default.contentsEqual(atPath: matrix, andPath: again))
    let alone = folder.path("alone.json")
    _ = try calibrate(alone, ["--threads", "1"])
    #expect(FileManager.default.contentsEqual(atPath: scales, andPath: alone))

    let (plain, weighed) = (folder.path("plain.gguf"), folder.path("weighed.gguf"))
    for (path, options) in [(plain, []), (weighed, ["--imatrix", matrix])] {
      let result = try Tool.run(
        ["quantize", try DemoFiles.base, "--type", "q4_k", "--for", "comfyui", "-o", path]
          + options)
      #expect(result.status == 0, "\(result.errors)")
    }
    #expect(!FileManager.default.contentsEqual(atPath: plain, andPath: weighed))
  }

  @Test("the older form has the same means, and files of both forms add up")
  func forms() throws {
    let (gguf, legacy) = (folder.path("m.gguf"), folder.path("m.dat"))
    _ = try calibrate(gguf)
    _ = try calibrate(legacy)
    let (one, two) = (try ImportanceMatrix.read(gguf), try ImportanceMatrix.read(legacy))
    #expect(one.weights.keys == two.weights.keys)
    let sum = folder.path("sum.imatrix")
    _ = try calibrate(sum, ["--add", gguf, "--add", legacy])
    let three = try ImportanceMatrix.read(sum)
    for (name, means) in one.weights {
      for values in [two.weights[name], three.weights[name]] {
        for (found, expected) in zip(try #require(values), means) {
          #expect(abs(found - expected) <= 1e-6 * expected, "\(name)")
        }
      }
    }
    #expect(try ImportanceRecord.read(sum).chunkCount == 6)
  }

  @Test("what is not there, not known or does not fit has its exit code and one line")
  func refusals() throws {
    let output = folder.path("m.gguf")
    func refused(_ options: [String], _ status: Int32, _ words: String) throws {
      let result = try calibrate(output, options, status: status)
      #expect(result.errors.contains(words), "\(result.errors)")
      #expect(!Paths.exists(output))
    }
    try refused(["--component", "unett"], 64, "there is no component 'unett'")
    try refused(["--component", "controlnet"], 66, "there is no controlnet in this model")
    try refused(["--samples", "0"], 64, "--samples must be between 1 and")
    try refused(["--size", "65x64"], 64, "65x64")
    try refused(["--size", "512"], 64, "'512'")
    try refused(["--inputs", folder.path("none")], 66, "no such file")
    try refused(["--inputs", try DemoFiles.base], 65, "missing")
    try refused(["--add", try DemoFiles.base], 65, "not an importance matrix")
    try refused(["--int8", output], 73, "also an input or another output")
    try Data().write(to: URL(filePath: output))
    _ = try calibrate(output, status: 73)
    _ = try calibrate(output, ["--force"])
    #expect(try calibrate(folder.path("m.bin"), status: 64).errors.contains("must end in .gguf"))
    #expect(
      try calibrate(folder.path("m.json"), ["--add", output], status: 64).errors
        .contains("leave --int8 and --add out"))
  }
}
