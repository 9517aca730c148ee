package import WeftFiles
import WeftTensors

extension Checkpoint {
  /// The same model with the values of every tensor that is stored in blocks as float32.
  package func decoded() -> Checkpoint {
    guard tensors.contains(where: { $0.info.dtype.isBlocks }) else { return self }
    return replacing(tensors.map { $0.decoded() })
  }
}

extension Checkpoint.Tensor {
  fileprivate func decoded() -> Checkpoint.Tensor {
    guard info.dtype.isBlocks, let decoder = BlockDecoder(self),
      let decoded = TensorInfo(name: info.name, dtype: .f32, shape: info.shape)
    else { return self }
    let source = DecodedSource(
      decoder, stored: StoredForm(.blocks(info.dtype), parts: [StoredForm.Part(self)]))
    return Checkpoint.Tensor(info: decoded, source: source, offset: 0)
  }
}
