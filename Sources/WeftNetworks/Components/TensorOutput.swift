package import WeftFiles
import WeftKernels
import WeftTensors

/// Writes named tensors of float32 as a safetensors file that appears complete or not at all.
package enum TensorOutput {
  /// Writes tensors whose names differ.
  ///
  /// - Parameters:
  ///   - tensors: what is written.
  ///   - path: where it appears.
  ///   - replacing: whether an existing file may be replaced.
  ///   - syncs: whether the bytes must be on the disk before the file appears.
  ///   - inputs: files that must not be replaced.
  /// - Throws: `FileError` for what must not or cannot be written.
  package static func write(
    _ tensors: [NamedTensor], to path: String, replacing: Bool, syncs: Bool, inputs: [InputFile]
  ) throws {
    let infos = try tensors.map { tensor in
      guard let info = TensorInfo(name: tensor.name, dtype: .f32, shape: tensor.tensor.shape)
      else { throw NetworkError.activation("\(tensor.name) has no size", at: tensor.name) }
      return info
    }
    let layout = try OutputLayout.safetensors(infos, metadata: [:], path: path)
    let output = try layout.create(
      at: path, replacing: replacing, inputs: inputs, shareStarts: [])
    try output.begin { $0 }
    for (index, tensor) in tensors.enumerated() {
      try output.write(tensor.tensor.values, tensor: index, at: 0, share: index)
    }
    _ = try output.finish { $0 }
    try output.commit(sync: syncs)
  }
}
