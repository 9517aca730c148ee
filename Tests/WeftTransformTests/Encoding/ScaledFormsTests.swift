import Foundation
import Testing
import WeftFiles
import WeftFormats
import WeftKernels
import WeftTensors

import WeftTransform

/// Models in 8 and 4 bits as the libraries write them, and the values that they stand for.
@Suite struct ScaledFormsTests {
  private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().appending(path: "Fixtures/scaled")

  private static func path(_ form: String) -> String {
    folder.appending(path: form + ".safetensors").path
  }

  /// The forms, and how far values may be from the libraries', relative to the tensor's largest.
  ///
  /// bitsandbytes multiplies by 1/127 after the scale, and ConvRot's product of matrices sums in float32.
  static let forms: [(name: String, tolerance: Float)] = [
    ("fp8_e4m3fn", 0), ("fp8_e5m2", 0), ("comfy_quant_float8_e4m3fn", 0),
    ("comfy_quant_float8_e5m2", 0), ("comfy_metadata_float8_e4m3fn", 0),
    ("comfy_metadata_float8_e5m2", 0), ("comfy_scaled_float8_e4m3fn", 0),
    ("comfy_scaled_float8_e5m2", 0), ("comfy_int8_tensor", 0), ("comfy_int8_row", 0),
    ("comfy_int8_convrot", 1e-6), ("comfy_nvfp4", 0), ("comfy_mxfp8", 0), ("kohya_tensor", 0),
    ("kohya_row", 0), ("kohya_block", 0), ("mxfp4", 0), ("bnb_nf4", 0), ("bnb_nf4_nested", 0),
    ("bnb_fp4", 0), ("bnb_int8", 2.4e-7),
  ]

  @Test("stored forms are read as the values that their libraries read", arguments: forms)
  func values(form: String, tolerance: Float) throws {
    let library = try FormatLibrary.embedded()
    let model = try Checkpoint.open(Self.path(form)).decoded(library)
    let expected = try Checkpoint.open(Self.path(form + ".expected"))
    for tensor in expected.tensors {
      let found = try #require(model[tensor.info.name])
      // Some libraries pad rows and columns; what is beyond the layer's own is zero.
      let wanted = try padded(floats(tensor), tensor.info.shape, to: found.info.shape)
      let values = try floats(found)
      let largest = wanted.map(abs).max() ?? 0
      #expect(values.count == wanted.count)
      #expect(zip(values, wanted).allSatisfy { abs($0 - $1) <= tolerance * largest })
    }
  }

  @Test("a stored form that is kept keeps its bytes", arguments: forms)
  func kept(form: String, tolerance: Float) throws {
    let workshop = try Workshop()
    let output = workshop.path("kept.safetensors")
    try workshop.convert(Self.path(form), to: output)
    #expect(try contents(output) == contents(Self.path(form)))
  }

  /// The types that weft writes, and the form that a library writes of the same model.
  static let written: [(type: String, form: String)] = [
    ("fp8_e4m3", "fp8_e4m3fn"), ("fp8_e5m2", "fp8_e5m2"),
    ("fp8_scaled", "comfy_quant_float8_e4m3fn"), ("fp8_e5m2_scaled", "comfy_quant_float8_e5m2"),
    ("fp8_scaled_old", "comfy_scaled_float8_e4m3fn"), ("fp8_scaled_row", "kohya_row"),
    ("int8", "comfy_int8_row"), ("int8_tensor", "comfy_int8_tensor"), ("int8_bnb", "bnb_int8"),
    ("nf4", "bnb_nf4"), ("fp4", "bnb_fp4"), ("mxfp4", "mxfp4"), ("nvfp4", "comfy_nvfp4"),
  ]

  @Test("models are written with the bytes that the libraries write", arguments: written)
  func bytes(type: String, form: String) throws {
    let workshop = try Workshop()
    let output = workshop.path("written.safetensors")
    try workshop.convert(Self.path("source"), to: output) {
      $0.quantization = QuantizationRecipe(type: type)
    }
    let made = try contents(output)
    let expected = try contents(Self.path(form))
    // The libraries pad layers whose rows do not fill tiles, and kohya's script stores convolutions, too.
    let compared = expected.filter { entry in
      !entry.key.contains("attn1.to_k") && !entry.key.contains("input_blocks")
        && !entry.key.contains("input_scale") && !entry.key.contains("scale_input")
        && !entry.key.contains(".bias")
    }
    #expect(compared.count >= 1)
    for (label, bytes) in compared { #expect(made[label] == bytes, "\(label)") }
  }

  @Test("a model whose scale is missing is refused")
  func missingScale() throws {
    let library = try FormatLibrary.embedded()
    for form in ["comfy_quant_float8_e4m3fn", "comfy_scaled_float8_e4m3fn", "kohya_row"] {
      let whole = try Checkpoint.open(Self.path(form))
      let scale = try #require(
        whole.tensors.first {
          $0.info.name.hasSuffix("weight_scale") || $0.info.name.hasSuffix("scale_weight")
        }?.info.name)
      let broken = whole.replacing(whole.tensors.filter { $0.info.name != scale })
      #expect(throws: TransformError.self) { try broken.decoded(library) }
    }
  }

  @Test("a tensor of zeros is stored and read as zeros", arguments: written.map(\.type))
  func zeros(type: String) throws {
    let workshop = try Workshop()
    let (path, output) = (workshop.path("zeros.safetensors"), workshop.path("small.safetensors"))
    try HashedFile.write(
      [
        try HashedFile.Tensor(
          "a.weight", [64, 64], .f32, bytes: [UInt8](repeating: 0, count: 64 * 64 * 4))
      ], to: path, options: RunOptions(threads: 1))
    try workshop.convert(path, to: output) {
      $0.quantization = QuantizationRecipe(type: type)
    }
    let model = try Checkpoint.open(output).decoded(workshop.library)
    let values = try floats(#require(model["a.weight"]))
    #expect(values.count == 64 * 64 && values.allSatisfy { $0 == 0 })
  }

  @Test("a folder of diffusers gets no weights that diffusers cannot read")
  func folder() throws {
    let workshop = try Workshop()
    let model = try workshop.writeModel("sd15")
    #expect(throws: RecipeError.self) {
      try workshop.convert(model, to: workshop.path("folder/")) {
        $0.format = .diffusers
        $0.quantization = QuantizationRecipe(type: "nf4")
      }
    }
  }

  @Test("a layer that is said to be in another format than its elements is refused")
  func contradiction() throws {
    let library = try FormatLibrary.embedded()
    let rows = try Checkpoint.open(Self.path("comfy_int8_row"))
    let floats = try Checkpoint.open(Self.path("comfy_quant_float8_e4m3fn"))
    let notes = floats.tensors.filter { $0.info.name.hasSuffix("comfy_quant") }
    let mixed = rows.replacing(
      rows.tensors.filter { !$0.info.name.hasSuffix("comfy_quant") } + notes)
    #expect(throws: TransformError.self) { try mixed.decoded(library) }
  }

  // MARK: Reading

  private func floats(_ tensor: Checkpoint.Tensor) throws -> [Float] {
    let buffer = ByteBuffer(byteCount: tensor.info.byteCount)
    try tensor.read(at: 0, into: buffer.all)
    let wide = ByteBuffer(byteCount: tensor.info.elementCount * 4)
    Kernels.scalar.widen(buffer.all, tensor.info.dtype, into: wide.all, .f32)
    return wide.all.float32Values
  }

  private func padded(_ values: [Float], _ shape: Shape, to whole: Shape) throws -> [Float] {
    guard shape != whole else { return values }
    try #require(shape.rank == 2 && whole.rank == 2)
    let (rows, columns) = (shape.dimensions[0], shape.dimensions[1])
    return (0..<whole.dimensions[0]).flatMap { row in
      (0..<whole.dimensions[1]).map { column in
        row < rows && column < columns ? values[row * columns + column] : 0
      }
    }
  }
}
