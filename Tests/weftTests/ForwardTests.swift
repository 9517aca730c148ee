import Foundation
import Testing
import WeftFiles
import WeftTensors

@Suite("weft forward")
struct ForwardTests {
  let folder: Folder

  init() throws { folder = try Folder() }

  /// Inputs for the demo's small UNet of Stable Diffusion 1.
  private func inputs(
    _ change: (inout [SmallFiles.Tensor]) -> Void = { _ in }
  ) throws -> String {
    let checkpoint = try Checkpoint.open(DemoFiles.base)
    let context = try #require(
      checkpoint[
        "model.diffusion_model.input_blocks.1.1.transformer_blocks.0.attn2.to_k.weight"]
    ).info.shape.dimensions[1]
    var tensors = [
      SmallFiles.Tensor("sample", [1, 4, 8, 8]),
      SmallFiles.Tensor("timestep", [1], values: [601]),
      SmallFiles.Tensor("encoder_hidden_states", [1, 7, context], dtype: .f16),
    ]
    change(&tensors)
    let path = folder.path("in \(UUID().uuidString).safetensors")
    try SmallFiles.write(tensors, to: path)
    return path
  }

  private func forward(
    _ arguments: String..., status: Int32 = 0
  ) throws -> Tool.Result {
    let result = try Tool.run(["forward"] + arguments)
    #expect(result.status == status, "\(arguments): \(result.errors)")
    if status != 0 { #expect(result.errorLines.count == 1 && result.output.isEmpty) }
    return result
  }

  @Test("writes the outputs and the modules that are traced, the same bytes for any threads")
  func outputs() throws {
    let (base, given) = (try DemoFiles.base, try inputs())
    let (one, two) = (folder.path("1.safetensors"), folder.path("2.safetensors"))
    let trace = ["--trace", "mid_block", "--trace", "down_blocks.0.resnets.*.norm1"]
    let result = try Tool.run(
      ["forward", base, "--component", "unet", "--inputs", given, "-o", one, "--json"]
        + ["--repeat", "2"] + trace)
    #expect(result.status == 0, "\(result.errors)")
    let json = try result.json()
    #expect(json["component"] as? String == "unet" && json["architecture"] as? String == "sd15")
    #expect(json["backend"] as? String == "reference" && json["precision"] as? String == "f32")
    #expect((json["run_seconds"] as? [Double])?.count == 2)
    for key in ["load_seconds", "peak_memory_bytes", "weight_bytes"] {
      #expect((json[key] as? Double ?? 0) > 0, "\(key)")
    }
    let file = try Checkpoint.open(one)
    #expect(file["sample"]?.info.shape == [1, 4, 8, 8] && file["sample"]?.info.dtype == .f32)
    #expect(file["trace.mid_block"] != nil)
    #expect(
      file.tensors.count { $0.info.name.hasPrefix("trace.down_blocks.0.resnets.") } == 2)
    _ = try Tool.run(
      ["forward", base, "--component", "unet", "--inputs", given, "-o", two, "--threads", "1"]
        + trace)
    #expect(FileManager.default.contentsEqual(atPath: one, andPath: two))
  }

  @Test("an adapter beside the model computes what the fused model does")
  func adapters() throws {
    let given = try inputs()
    let (beside, fused) = (folder.path("beside.safetensors"), folder.path("fused.safetensors"))
    let model = folder.path("model.safetensors")
    _ = try Tool.run(
      "fuse", DemoFiles.base, "--adapter", DemoFiles.resAdapter, "-o", model, "--dtype", "f32",
      "--quiet")
    _ = try forward(
      DemoFiles.base, "--component", "unet", "--inputs", given, "-o", beside, "--adapter",
      DemoFiles.resAdapter)
    _ = try forward(model, "--component", "unet", "--inputs", given, "-o", fused)
    let (found, expected) = (try values(beside), try values(fused))
    let difference = zip(found, expected).reduce(0.0) { sum, pair in
      sum + Double(pair.0 - pair.1) * Double(pair.0 - pair.1)
    }
    let norm = expected.reduce(0.0) { $0 + Double($1) * Double($1) }
    // Sums in another order, in float32.
    #expect((difference / norm).squareRoot() <= 5e-6)
  }

  private func values(_ path: String) throws -> [Float] {
    let tensor = try #require(try Checkpoint.open(path)["sample"])
    return try tensor.bytes().withUnsafeBytes { raw in
      (0..<tensor.info.elementCount).map {
        raw.loadUnaligned(fromByteOffset: $0 * 4, as: Float.self)
      }
    }
  }

  @Test("all missing inputs are named at once")
  func missing() throws {
    let given = try inputs { $0 = [$0[0]] }
    let output = folder.path("out.safetensors")
    let result = try forward(
      DemoFiles.base, "--component", "unet", "--inputs", given, "-o", output, status: 65)
    #expect(
      result.errors.contains("2 inputs are missing: timestep [N or 1], encoder_hidden_states"))
    #expect(!Paths.exists(output))
  }

  @Test("what is not there, not known or not to be replaced has its exit code")
  func refusals() throws {
    let (base, given) = (try DemoFiles.base, try inputs())
    let output = folder.path("out.safetensors")
    func run(_ component: String, _ others: String..., status: Int32) throws -> String {
      let result = try Tool.run(
        ["forward", base, "--component", component, "--inputs", given, "-o", output] + others)
      #expect(result.status == status, "\(component) \(others): \(result.errors)")
      #expect(result.errorLines.count == 1)
      return result.errors
    }
    #expect(try run("controlnet", status: 66).contains("it has unet, vae-encoder, vae-decoder"))
    #expect(try run("unett", status: 64).contains("there is no component 'unett'"))
    #expect(try run("unet", "--backend", "quick", status: 64).contains("reference"))
    #expect(try run("unet", "--precision", "f8", status: 64).contains("f32"))
    #expect(try run("unet", "--weights", "drop", status: 64).contains("keep"))
    #expect(try run("unet", "--repeat", "0", status: 64).contains("--repeat must be 1 or more"))
    #expect(try run("unet", "--trace", "no.such", status: 2).contains("no module fits 'no.such'"))
    #expect(try run("unet", "--config", given, status: 65).contains("JSON"))
    #expect(try run("unet", "--inputs", folder.path("none"), status: 66).contains("no such file"))
    #expect(!Paths.exists(output))
    try Data().write(to: URL(fileURLWithPath: output))
    #expect(try run("unet", status: 73).contains("the output exists"))
    _ = try forward(base, "--component", "unet", "--inputs", given, "-o", output, "--force")
  }

  @Test("inputs that are larger than the memory are refused before they are read")
  func memory() throws {
    let path = folder.path("large.safetensors")
    let shape = Shape([1, 4, 1 << 18, 1 << 18])
    let info = try #require(TensorInfo(name: "sample", dtype: .f32, shape: shape))
    let layout = try SafetensorsLayout(tensors: [info], metadata: [:], path: path)
    try Data(layout.headerBytes).write(to: URL(fileURLWithPath: path))
    let handle = try #require(FileHandle(forWritingAtPath: path))
    try handle.truncate(atOffset: UInt64(layout.byteCount))
    let result = try forward(
      DemoFiles.base, "--component", "unet", "--inputs", path, "-o", folder.path("out.safetensors"),
      status: 74)
    #expect(result.errors.contains("this takes about 1048576 MiB of memory"))
  }
}
