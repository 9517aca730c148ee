import WeftFiles
import WeftFormats
import WeftTensors
import WeftTransform

/// A ResAdapter for the small model, in two files as the published ones are.
struct DemoResAdapter {
  /// The rank of its factors; the published ones have 16.
  static let rank = 4
  /// Its alpha, 2, as F16 bits: the scale is 1/2, as that of the published ones.
  static let alphaBits: UInt16 = 0x4000

  let model: DemoModel

  /// Writes both halves into a folder.
  func write(to folder: String, work: RunOptions) throws {
    try DemoFile.write(
      try lowRankTensors(), to: Paths.join(folder, "pytorch_lora_weights.safetensors"),
      work: work)
    try DemoFile.write(
      try normTensors(), to: Paths.join(folder, "diffusion_pytorch_model.safetensors"),
      work: work)
  }

  /// Factors for the convolutions that change the size, under kohya's names.
  private func lowRankTensors() throws -> [DemoFile.Tensor] {
    try unetTensors { $0.hasSuffix("samplers.0.conv.weight") }.flatMap { tensor in
      let path = tensor.name.module.path
      let stem = "lora_unet_" + path.split(separator: ".").joined(separator: "_")
      let dimensions = tensor.shape.dimensions  // [O, I, 3, 3]
      let down = Shape([Self.rank] + dimensions.dropFirst())  // [rank, I, 3, 3]
      let up = Shape([dimensions[0], Self.rank, 1, 1])
      return [
        try DemoFile.Tensor(scalar: "\(stem).alpha", halfBits: Self.alphaBits),
        try DemoFile.Tensor("\(stem).lora_down.weight", down, .f16, seed: "demo/\(stem).down"),
        try DemoFile.Tensor("\(stem).lora_up.weight", up, .f16, seed: "demo/\(stem).up"),
      ]
    }
  }

  /// Values for the norms of all residual blocks, under diffusers' names.
  private func normTensors() throws -> [DemoFile.Tensor] {
    try unetTensors { path in
      path.contains(".resnets.") && (path.contains(".norm1.") || path.contains(".norm2."))
    }.map { tensor in
      try DemoFile.Tensor(
        tensor.name.path, tensor.shape, .f32, seed: "demo-resadapter/\(tensor.name.path)")
    }
  }

  private func unetTensors(where isWanted: (String) -> Bool) -> [SchemaTensor] {
    model.tensors.filter { $0.name.component == "unet" && isWanted($0.name.path) }
  }
}
