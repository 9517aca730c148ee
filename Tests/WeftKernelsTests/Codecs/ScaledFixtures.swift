import Foundation
import Testing
import WeftFiles
import WeftKernels
import WeftTensors

/// The files that `scripts/goldens/gen_scaled.py` made.
struct ScaledFixture {
  /// The two matrices, `[48, 128]` and `[40, 96]`.
  static let matrices = ["attn1.to_q", "attn1.to_k"].map {
    "model.diffusion_model.middle_block.1.transformer_blocks.0.\($0)"
  }
  static let convolution = "model.diffusion_model.input_blocks.1.0.in_layers.2"

  private let file: Checkpoint

  init(_ name: String) throws {
    let folder = URL(filePath: #filePath)
      .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    file = try Checkpoint.open(folder.appending(path: "Fixtures/scaled/\(name).safetensors").path)
  }

  var tolerance: Double { Double(file.metadata["tolerance"] ?? "") ?? 0 }

  func bytes(_ name: String) throws -> [UInt8] { try #require(file[name]).bytes() }

  func slice(_ name: String) throws -> ByteSlice { WeftKernelsTests.slice(try bytes(name)) }

  func floats(_ name: String) throws -> [Float] { values(try slice(name), as: Float.self) }

  func shape(_ name: String) throws -> [Int] { try #require(file[name]).info.shape.dimensions }

  /// The float16 weights that all forms were made of, as float32.
  static func weights(_ name: String) throws -> ByteSlice {
    let halves = try ScaledFixture("source").slice(name + ".weight")
    let wide = room(halves.byteCount / 2, .f32)
    Kernels.scalar.widen(halves, .f16, into: wide, .f32)
    return wide
  }
}
