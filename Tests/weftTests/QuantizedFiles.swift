import Foundation
import Testing
import WeftFiles
import WeftTensors

/// Quantised models of the demonstration's small model, for the commands that look at them.
enum QuantizedFiles {
  /// A type and the end of the name of a file that has it.
  struct Form: Sendable, CustomTestStringConvertible {
    let type: String
    let ending: String
    var testDescription: String { type }
  }

  /// Blocks; 8-bit floats alone, with a scale for a tensor and with one for each row; half bytes with a book.
  static let forms = [
    Form(type: "q8_0", ending: ".gguf"), Form(type: "q4_k", ending: ".gguf"),
    Form(type: "fp8_e4m3", ending: ".safetensors"),
    Form(type: "fp8_scaled", ending: ".safetensors"),
    Form(type: "int8", ending: ".safetensors"), Form(type: "nf4", ending: ".safetensors"),
  ]

  /// Quantises a model into a folder and gives the path.
  static func quantize(
    _ model: String, _ form: Form, in folder: Folder, name: String = "quantised",
    _ options: [String] = []
  ) throws -> String {
    let path = folder.path(name + form.ending)
    let result = try Tool.run(
      ["quantize", model, "--type", form.type, "-o", path, "--quiet", "--no-sync"] + options)
    try #require(result.status == 0, "\(result.errors)")
    return path
  }

  /// Weights of the model that are quantised to every form, and the modules by their names in adapters.
  static let modules = [
    (
      weight: "model.diffusion_model.input_blocks.1.1.transformer_blocks.0.attn1.to_q.weight",
      stem: "lora_unet_down_blocks_0_attentions_0_transformer_blocks_0_attn1_to_q"
    ),
    (
      weight: "model.diffusion_model.input_blocks.4.1.transformer_blocks.0.ff.net.2.weight",
      stem: "lora_unet_down_blocks_1_attentions_0_transformer_blocks_0_ff_net_2"
    ),
  ]

  /// Writes a LoRA that changes those weights.
  static func lora(in folder: Folder) throws -> String {
    let base = try Checkpoint.open(DemoFiles.base)
    let path = folder.path("lora.safetensors")
    try SmallFiles.write(
      try modules.flatMap { module in
        let shape = try #require(base[module.weight]?.info.shape.dimensions)
        return SmallFiles.kohyaPair(module.stem, rows: shape[0], rank: 3, columns: [shape[1]])
      }, to: path)
    return path
  }

  /// The same tensors in a safetensors file without metadata, with some of them changed or left out.
  static func rewrite(
    _ path: String, to copy: String,
    _ change: (TensorInfo, inout [UInt8]) -> Bool = { _, _ in true }
  ) throws {
    var kept: [TensorInfo] = []
    var contents: [String: [UInt8]] = [:]
    for tensor in try Checkpoint.open(path).tensors {
      var bytes = try tensor.bytes()
      guard change(tensor.info, &bytes) else { continue }
      kept.append(tensor.info)
      contents[tensor.info.name] = bytes
    }
    let layout = try SafetensorsLayout(tensors: kept, metadata: [:], path: copy)
    var file = layout.headerBytes
    for entry in layout.entries { file += contents[entry.info.name] ?? [] }
    try Data(file).write(to: URL(fileURLWithPath: copy))
  }

  /// Changes the byte behind the middle of the tensor of a name: of blocks the upper one of a scale.
  static func damage(_ path: String, _ name: String, by mask: UInt8 = 0x40) throws {
    let tensor = try #require(try Checkpoint.open(path)[name])
    var data = try Data(contentsOf: URL(fileURLWithPath: path))
    data[tensor.offset + tensor.info.byteCount / 2 + 1] ^= mask
    try data.write(to: URL(fileURLWithPath: path))
  }
}

extension Checkpoint.Tensor {
  /// The values of a tensor of float32.
  func floats() throws -> [Float] {
    let bytes = try bytes()
    return stride(from: 0, to: bytes.count, by: 4).map { start in
      let bits = bytes[start..<start + 4].reversed().reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
      return Float(bitPattern: bits)
    }
  }
}
