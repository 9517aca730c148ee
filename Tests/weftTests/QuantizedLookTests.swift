import Foundation
import Testing
import WeftFiles
import WeftTensors

@Suite("weft inspect, diff and hash on quantised models")
struct QuantizedLookTests {
  let folder: Folder

  init() throws { folder = try Folder() }

  @Test(
    "inspect knows the model by its values and tells the forms", arguments: QuantizedFiles.forms)
  func inspect(form: QuantizedFiles.Form) throws {
    let path = try QuantizedFiles.quantize(DemoFiles.base, form, in: folder)
    let json = try Tool.run("inspect", path, "--json").json()
    let plain = try Tool.run("inspect", DemoFiles.base, "--json").json()
    // GGUF gets no positions: diffusers refuses integers in it, and everybody makes them again.
    let kept =
      form.ending == ".gguf"
      ? ["kind", "architecture", "layout"] : ["kind", "architecture", "layout", "parameters"]
    for key in kept {
      #expect("\(json[key] ?? "")" == "\(plain[key] ?? "")", "\(key)")
    }
    let forms = try #require(json["forms"] as? [String: Int])
    #expect(forms.values.reduce(0, +) > 20, "\(forms)")
    #expect(plain["forms"] == nil)
    let dtypes = try #require(json["dtypes"] as? [String: Int])
    #expect(dtypes.values.reduce(0, +) == json["tensor_count"] as? Int)
  }

  @Test("a form with scales is told in words, and the tensors are listed as they are stored")
  func words() throws {
    let path = try QuantizedFiles.quantize(DemoFiles.base, QuantizedFiles.forms[5], in: folder)
    let result = try Tool.run("inspect", path, "--tensors")
    let line = try #require(result.output.split(separator: "\n").first { $0.hasPrefix("stored") })
    #expect(line.contains(" × nf4: ") && line.contains("bitsandbytes"), "\(line)")
    #expect(result.output.contains(".absmax") && result.output.contains(".quant_map"))
  }

  @Test("a model without its scales is looked at all the same, and the damage is told")
  func damaged() throws {
    let path = folder.path("scaleless.safetensors")
    try SmallFiles.write(
      [.init("a.weight", [2, 2], dtype: .f8e4m3), .init("scaled_fp8", [0], dtype: .f8e4m3)],
      to: path)
    let result = try Tool.run("inspect", path)
    #expect(result.status == 0, "\(result.errors)")
    #expect(result.output.contains("a.weight is F8_E4M3 and its scale is missing"))
    #expect(try Tool.run("diff", path, path).status == 65)
  }

  @Test(
    "diff compares values, names the forms, and lists no scale as a tensor of its own",
    arguments: QuantizedFiles.forms)
  func diff(form: QuantizedFiles.Form) throws {
    let path = try QuantizedFiles.quantize(DemoFiles.base, form, in: folder)
    let result = try Tool.run("diff", DemoFiles.base, path, "--json")
    #expect(result.status == 1, "\(result.errors)")
    let json = try result.json()
    for key in ["only_in_a", "only_in_b", "shape_mismatches"] {
      let names = (json[key] as? [Any])?.filter { !"\($0)".hasSuffix("position_ids") }
      #expect(names?.isEmpty == true, "\(key): \(json[key] ?? "")")
    }
    let retyped = try #require(json["dtype_changes"] as? [[String: String]])
    #expect(retyped.count > 20)
    #expect(retyped.allSatisfy { $0["a"]?.hasPrefix("F16 ") ?? false })
    let changed = try #require(json["changed"] as? [[String: Any]])
    #expect(!changed.isEmpty)
    for tensor in changed {
      let distance = try #require(tensor["relative_l2"] as? Double)
      // Four bits take values apart by about a tenth.
      #expect(distance > 0 && distance < 0.2, "\(tensor)")
    }
    let same = try Tool.run("diff", path, path)
    #expect(same.status == 0 && same.output.hasPrefix("equal: "), "\(same.output)")
  }

  @Test(
    "diff finds another scale by what it does to the values", arguments: ["absmax", "quant_map"])
  func scales(part: String) throws {
    let path = try QuantizedFiles.quantize(DemoFiles.base, QuantizedFiles.forms[5], in: folder)
    let scale = try #require(
      try Checkpoint.open(path).tensors.map(\.info.name).first { $0.hasSuffix(part) })
    let changed = folder.path("changed.safetensors")
    try QuantizedFiles.rewrite(path, to: changed) { info, bytes in
      // The second byte from the end of a float32: the lower bits of the exponent.
      if info.name == scale { bytes[bytes.count - 2] ^= 0x80 }
      return true
    }
    let json = try Tool.run("diff", path, changed, "--json").json()
    let tensors = try #require(json["changed"] as? [[String: Any]])
    #expect(tensors.map { $0["name"] as? String } == [String(scale.dropLast(part.count + 1))])
    #expect((json["dtype_changes"] as? [Any])?.isEmpty == true)
    let different = try #require(tensors.first?["differing"] as? Int)
    #expect(different > 0 && different < (tensors.first?["elements"] as? Int ?? 0))
  }

  @Test("hash is of what is stored: it follows every byte, and no container")
  func hash() throws {
    let path = try QuantizedFiles.quantize(DemoFiles.base, QuantizedFiles.forms[3], in: folder)
    let (copy, other) = (folder.path("copy.safetensors"), folder.path("other.safetensors"))
    try QuantizedFiles.rewrite(path, to: copy)
    try QuantizedFiles.rewrite(path, to: other) { info, bytes in
      if info.name.hasSuffix("scale_weight") || info.name.hasSuffix("weight_scale") {
        bytes[0] ^= 1
      }
      return true
    }
    let result = try Tool.run("hash", path, copy, other, "--json", "--no-cache")
    let files = try #require(try result.json()["files"] as? [[String: Any]])
    let hashes = files.map { $0["content"] as? String }
    #expect(hashes[0] != nil && hashes[0] == hashes[1] && hashes[1] != hashes[2])
  }
}
