import Foundation
import Testing
import WeftFiles
import WeftKernels
import WeftTensors

@Suite(
  "weft forward --backend fast", .enabled(if: OneDNN.load(), "oneDNN is not installed"))
struct FastForwardTests {
  let folder: Folder

  init() throws { folder = try Folder() }

  private static let sets = ["scalar", "avx2", "avx512", "avx512_bf16"]

  /// Inputs for the demo's small UNet of Stable Diffusion 1: soft waves.
  private func inputs() throws -> String {
    let checkpoint = try Checkpoint.open(DemoFiles.base)
    let context = try #require(
      checkpoint[
        "model.diffusion_model.input_blocks.1.1.transformer_blocks.0.attn2.to_k.weight"]
    ).info.shape.dimensions[1]
    let path = folder.path("in.safetensors")
    try SmallFiles.write(
      [
        SmallFiles.Tensor("sample", [1, 4, 16, 24]),
        SmallFiles.Tensor("timestep", [1], values: [601]),
        SmallFiles.Tensor("encoder_hidden_states", [1, 7, context]),
      ], to: path)
    return path
  }

  /// What `weft forward` writes of the demo's UNet.
  private func sample(_ options: [String], isa: String? = nil) throws -> [Float] {
    let path = folder.path("out.safetensors")
    let result = try Tool.run(
      ["forward", DemoFiles.base, "--component", "unet", "--inputs", inputs(), "-o", path]
        + ["--force", "--quiet"] + options,
      environment: isa.map { ["WEFT_ISA": $0] } ?? [:])
    #expect(result.status == 0, "\(options): \(result.errors)")
    let tensor = try #require(try Checkpoint.open(path)["sample"])
    let bytes = ByteBuffer(byteCount: tensor.info.byteCount)
    try tensor.read(at: 0, into: bytes.all)
    return bytes.all.array.withUnsafeBytes { Array($0.bindMemory(to: Float.self)) }
  }

  private func relativeL2(_ found: [Float], _ expected: [Float]) -> Double {
    var (difference, norm) = (0.0, 0.0)
    for (x, y) in zip(found, expected) {
      difference += Double((x - y) * (x - y))
      norm += Double(y * y)
    }
    return (difference / norm).squareRoot()
  }

  @Test(
    "computes on processors with less than this one has, oneDNN's part included",
    arguments: sets, [("f32", 5e-5), ("bf16", 0.04)])
  func instructionSets(isa: String, precision: (name: String, tolerance: Double)) throws {
    let expected = try sample([])
    let found = try sample(["--backend", "fast", "--precision", precision.name], isa: isa)
    #expect(found.count == expected.count)
    #expect(relativeL2(found, expected) <= precision.tolerance)
    #expect(found != expected)
  }

  @Test("computes with integers what a calibration has measured", arguments: sets)
  func integers(isa: String) throws {
    let calibration = folder.path("int8.json")
    let made = try Tool.run([
      "calibrate", DemoFiles.base, "--inputs", inputs(), "-o", calibration, "--force",
      "--int8-error", "0.05",
    ])
    #expect(made.status == 0, "\(made.errors)")
    #expect(
      made.errors.contains("are computed with integers")
        == FastInstructionSet.best.computesIntegers)
    let int8 = ["--backend", "fast", "--precision", "int8", "--calibration", calibration]
    let (found, expected) = (try sample(int8, isa: isa), try sample([]))
    let coarse = try sample(["--backend", "fast", "--precision", "bf16"], isa: isa)
    // What the calibration allows, and the error of bfloat16.
    #expect(relativeL2(found, expected) <= 0.08)
    let hasIntegers = FastInstructionSet.named(isa)?.computesIntegers ?? false
    #expect((found == coarse) != hasIntegers)
  }

  @Test("says what the time went to")
  func profile() throws {
    let arguments = [
      "forward", try DemoFiles.base, "--component", "unet", "--inputs", try inputs(), "-o",
      folder.path("o.safetensors"), "--backend", "fast", "--profile",
    ]
    let result = try Tool.run(arguments)
    for word in ["convolution", "attention", "linear", "group norm", "between them"] {
      #expect(result.output.contains(word), "\(word)")
    }
    let json = try Tool.run(arguments + ["--json", "--force"]).json()
    #expect((json["profile"] as? [Any])?.isEmpty == false)
  }

  @Test(
    "refuses what does not go together",
    arguments: [
      (["--precision", "bf16"], "add --backend fast"),
      (["--backend", "fast", "--precision", "int8"], "needs the --calibration"),
      (["--backend", "fast", "--calibration", "x.json"], "is what --precision int8 needs"),
      (["--backend", "quick"], "reference"),
    ])
  func usage(options: [String], words: String) throws {
    let result = try Tool.run(
      ["forward", "m", "--component", "unet", "--inputs", "i", "-o", "o.safetensors"] + options)
    #expect(result.status == 64)
    #expect(result.errorLines.count == 1 && result.errors.contains(words), "\(result.errors)")
  }

  @Test("refuses a set of instructions that does not exist, and names those that do")
  func unknownSet() throws {
    let result = try Tool.run(
      ["forward", "m", "--component", "unet", "--inputs", "i", "-o", "o.safetensors"],
      environment: ["WEFT_ISA": "mmx"])
    #expect(result.status == 64 && result.errors.contains("avx512_bf16"))
  }

  @Test(
    "is computed by verify only where it is asked for what it can answer",
    arguments: [
      (["--backend", "fast"], "--level forward"),
      (
        ["--level", "forward", "--backend", "fast", "--precision", "int8", "--calibration", "c"],
        "add --component"
      ),
    ])
  func verifyUsage(options: [String], words: String) throws {
    let result = try Tool.run(["verify", "a", "--reference", "b"] + options)
    #expect(result.status == 64)
    #expect(result.errorLines.count == 1 && result.errors.contains(words), "\(result.errors)")
  }

  @Test(
    "is within the tolerance of the reference at every module", arguments: ["f32", "bf16"])
  func verified(precision: String) throws {
    let base = try DemoFiles.base
    let result = try Tool.run([
      "verify", base, "--reference", base, "--level", "forward", "--backend", "fast",
      "--precision", precision,
    ])
    #expect(result.status == 0, "\(result.output)\(result.errors)")
  }
}
