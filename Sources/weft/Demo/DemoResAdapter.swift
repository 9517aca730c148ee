import WeftFiles
import WeftFormats
import WeftTensors
import WeftTransform

/// A ResAdapter for the small model, in two files as the published ones are.
struct DemoResAdapter {
  /// The rank of its factors; the published ones have 16.
  static let rank = 4
  /// Its alpha, 2 in F16: the scale is 1/2, as that of the published ones.
  static let alphaBytes: [UInt8] = [0x00, 0x40]
  /// What tells its weights from the model's.
  static let tag = "demo-resadapter"

  let model: DemoModel

  /// Writes both halves into a folder.
  func write(to folder: String, work: RunOptions) throws {
    try HashedFile.write(
      try lowRankTensors(), to: Paths.join(folder, "pytorch_lora_weights.safetensors"),
      options: work)
    try HashedFile.write(
      try normTensors(), to: Paths.join(folder, "diffusion_pytorch_model.safetensors"),
      options: work)
  }

  /// Factors for the convolutions that change the size, under kohya's names.
  private func lowRankTensors() throws -> [HashedFile.Tensor] {
    try unetTensors { $0.hasSuffix("samplers.0.conv.weight") }.flatMap { tensor in
      let path = tensor.name.module.path
      let stem = "lora_unet_" + path.split(separator: ".").joined(separator: "_")
      let dimensions = tensor.shape.dimensions  // [O, I, 3, 3]
      let down = Shape([Self.rank] + dimensions.dropFirst())  // [rank, I, 3, 3]
      let up = Shape([dimensions[0], Self.rank, 1, 1])
      return [
        try HashedFile.Tensor("\(stem).alpha", [], .f16, bytes: Self.alphaBytes),
        try hashed("\(stem).lora_down.weight", down, .f16),
        try hashed("\(stem).lora_up.weight", up, .f16),
      ]
    }
  }

  /// Values for the norms of all residual blocks, under diffusers' names.
  private func normTensors() throws -> [HashedFile.Tensor] {
    try unetTensors { path in
      path.contains(".resnets.") && (path.contains(".norm1.") || path.contains(".norm2."))
    }.map { tensor in
      try hashed(tensor.name.path, tensor.shape, .f32)
    }
  }

  private func hashed(
    _ name: String, _ shape: Shape, _ dtype: DType
  ) throws -> HashedFile.Tensor {
    try HashedFile.Tensor(name, shape, dtype, tag: Self.tag, seed: name)
  }

  private func unetTensors(where isWanted: (String) -> Bool) -> [SchemaTensor] {
    model.tensors.filter { $0.name.component == "unet" && isWanted($0.name.path) }
  }
}
