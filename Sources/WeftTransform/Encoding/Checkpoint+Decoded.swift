package import WeftFiles
package import WeftFormats
import WeftTensors

extension Checkpoint {
  /// The same model with the values of every tensor that is stored in another form as float32: of tensors in blocks, of
  /// 8-bit floats, and of small elements with scales beside them.
  ///
  /// - Throws: when scales are missing or do not fit.
  package func decoded(_ library: FormatLibrary) throws -> Checkpoint {
    guard tensors.contains(where: { $0.info.dtype.mayBeDecoded }) else { return self }
    let found = try ScaledFinder(checkpoint: self, library: library).findings()
    let parts = found.values.reduce(into: Set<String>()) { $0.formUnion($1.names) }
    var markers = tensors.filter { !found.isEmpty && LayerNotes.isMarker($0.info) }
    var decoded: [Tensor] = []
    for (index, tensor) in tensors.enumerated() {
      if let finding = found[index] {
        decoded.append(finding.decoded.adding(markers))
        markers = []
      } else if !parts.contains(tensor.info.name),
        found.isEmpty || !LayerNotes.isMarker(tensor.info)
      {
        decoded.append(tensor.decoded())
      }
    }
    return replacing(decoded)
  }
}

extension DType {
  /// Whether elements may stand for other values than their own.
  fileprivate var mayBeDecoded: Bool {
    isBlocks || (byteWidth == 1 && (kind == .float || self == .i8 || self == .u8))
  }
}

extension Checkpoint.Tensor {
  /// A tensor in blocks or of 8-bit floats as its float32 values, without regard to scales beside it; others as they are.
  package func decoded() -> Checkpoint.Tensor {
    let dtype = info.dtype
    let blocks: (any ValueDecoder)? = BlockDecoder(self)
    guard let decoder = blocks ?? Float8Decoder(self),
      let decoded = TensorInfo(name: info.name, dtype: .f32, shape: info.shape)
    else { return self }
    let form: TensorForm = dtype.isBlocks ? .blocks(dtype) : .plain(dtype)
    let source = DecodedSource(decoder, stored: StoredForm(form, parts: [StoredForm.Part(self)]))
    return Checkpoint.Tensor(info: decoded, source: source, offset: 0)
  }

  /// The same values with other tensors that go with their stored form.
  fileprivate func adding(_ markers: [Checkpoint.Tensor]) -> Checkpoint.Tensor {
    guard !markers.isEmpty, let source = source as? DecodedSource else { return self }
    var stored = source.stored
    stored.parts += markers.map {
      StoredForm.Part($0, template: $0.info.name, isCompanion: true)
    }
    return Checkpoint.Tensor(info: info, source: source.storing(stored), offset: offset)
  }
}
