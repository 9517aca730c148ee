import Foundation
import Testing
import WeftFiles
import WeftTensors

@Suite("weft verify on quantised models")
struct QuantizedVerifyTests {
  let folder: Folder

  init() throws { folder = try Folder() }

  private func verify(_ model: String, _ options: String...) throws -> Tool.Result {
    try Tool.run(["verify", model, "--reference", try DemoFiles.base] + options)
  }

  /// The name of a tensor that is quantised, or of its elements.
  private func quantized(_ path: String) throws -> String {
    let names = try Checkpoint.open(path).tensors.filter { !$0.info.dtype.isComputable }
      .map(\.info.name)
    return try #require(names.first { $0.hasSuffix("attn1.to_q.weight") }, "\(names.prefix(5))")
  }

  @Test(
    "a model that weft quantised is proved byte by byte, and one bit of a difference is found",
    arguments: QuantizedFiles.forms)
  func exact(form: QuantizedFiles.Form) throws {
    let path = try QuantizedFiles.quantize(DemoFiles.base, form, in: folder)
    let right = try verify(path)
    #expect(right.status == 0, "\(right.output)\(right.errors)")
    #expect(right.output.contains("the reference's, quantised to \(form.type)"))
    try QuantizedFiles.damage(path, try quantized(path), by: 1)
    let wrong = try verify(path)
    #expect(wrong.status == 1, "\(wrong.output)\(wrong.errors)")
    #expect(wrong.output.contains("1 of ") && wrong.output.contains("--tolerance"))
    #expect(try Tool.run("verify", path, "--reference", DemoFiles.fused).status == 1)
  }

  @Test(
    "with a tolerance the values of any quantised model are compared",
    arguments: QuantizedFiles.forms)
  func tolerance(form: QuantizedFiles.Form) throws {
    let path = try QuantizedFiles.quantize(DemoFiles.base, form, in: folder)
    // Four bits take values apart by about a tenth, eight by a hundredth.
    #expect(try verify(path, "--tolerance", "0.2").status == 0)
    let strict = try verify(path, "--tolerance", "0.0001")
    #expect(strict.status == 1)
    #expect(strict.output.contains("decoded where they are quantised"))
  }

  @Test("without a recipe the numbers are told, and that a tolerance can be given")
  func foreign() throws {
    let path = try QuantizedFiles.quantize(DemoFiles.base, QuantizedFiles.forms[3], in: folder)
    let copy = folder.path("copy.safetensors")
    try QuantizedFiles.rewrite(path, to: copy)
    let result = try verify(copy)
    #expect(result.status == 1)
    #expect(result.output.contains("relative L2") && result.output.contains("--tolerance"))
    #expect(try verify(copy, "--tolerance", "0.1").status == 0)
    #expect(try verify(copy, "--level", "structure").status == 0)
  }

  @Test("the rules, the policy and the encoder of the recipe are followed")
  func recipe() throws {
    let path = try QuantizedFiles.quantize(
      DemoFiles.base, QuantizedFiles.forms[0], in: folder,
      [
        "--recipe", "sdcpp", "--for", "generic", "--rule", "*attn1.to_q*=q4_0", "--rule",
        "*ff*=keep",
      ])
    let result = try verify(path)
    #expect(result.status == 0, "\(result.output)\(result.errors)")
    #expect(result.output.contains("as stable-diffusion.cpp does"))
  }

  @Test("a UNet alone is held against the UNet of a whole model")
  func component() throws {
    let path = try QuantizedFiles.quantize(
      DemoFiles.base, QuantizedFiles.forms[0], in: folder, ["--for", "comfyui"])
    #expect(try Checkpoint.open(path)["out.2.weight"] != nil)
    for (options, count) in [([], 686), (["--tolerance", "0.01"], 686)] as [([String], Int)] {
      let result = try Tool.run(
        ["verify", path, "--reference", try DemoFiles.base, "--json"] + options)
      #expect(result.status == 0, "\(result.output)\(result.errors)")
      #expect(try result.json()["tensors"] as? Int == count)
    }
    #expect(try verify(path, "--tolerance", "0.0001").status == 1)
  }

  @Test("a model in plain types that came from a quantised one has its values")
  func decoded() throws {
    for form in [QuantizedFiles.forms[0], QuantizedFiles.forms[5]] {
      let path = try QuantizedFiles.quantize(DemoFiles.base, form, in: folder, name: form.type)
      let plain = folder.path("plain.safetensors")
      let converted = try Tool.run(
        "convert", path, "--dtype", "f32", "-o", plain, "--quiet", "--force")
      #expect(converted.status == 0, "\(converted.errors)")
      let result = try Tool.run("verify", plain, "--reference", path)
      #expect(result.status == 0, "\(result.output)\(result.errors)")
    }
  }

  @Test("a model that was quantised with an importance matrix needs it again")
  func importance() throws {
    let infos = try Checkpoint.open(DemoFiles.base).tensors.map(\.info)
    let weight = try #require(infos.first { $0.name.hasSuffix("attn1.to_q.weight") })
    let columns = try #require(weight.shape.dimensions.last)
    var paths: [String] = []
    for factor in [1, 5] {
      let path = folder.path("matrix\(factor).dat")
      try Self.matrix(weight.name, (0..<columns).map { Float(1 + $0 * factor % 7) })
        .write(to: URL(fileURLWithPath: path))
      paths.append(path)
    }
    let form = QuantizedFiles.Form(type: "q4_0", ending: ".gguf")
    let model = try QuantizedFiles.quantize(
      DemoFiles.base, form, in: folder, ["--imatrix", paths[0]])
    let without = try verify(model)
    #expect(without.status == 2 && without.errors.contains("--imatrix"), "\(without.errors)")
    let right = try verify(model, "--imatrix", paths[0])
    #expect(right.status == 0, "\(right.output)\(right.errors)")
    let wrong = try verify(model, "--imatrix", paths[1])
    #expect(wrong.status == 2 && wrong.errors.contains("SHA-256"), "\(wrong.errors)")
    #expect(try verify(model, "--imatrix", paths[0], "--tolerance", "0.2").status == 64)
  }

  /// An importance matrix of one tensor in the older format.
  private static func matrix(_ name: String, _ values: [Float]) -> Data {
    func bytes(_ value: some FixedWidthInteger) -> [UInt8] {
      withUnsafeBytes(of: value.littleEndian, Array.init)
    }
    let head = bytes(Int32(1)) + bytes(Int32(name.utf8.count)) + Array(name.utf8)
    let counts = bytes(Int32(1)) + bytes(Int32(values.count))
    return Data(head + counts + values.flatMap { bytes($0.bitPattern) })
  }
}
