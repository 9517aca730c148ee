import WeftFiles
import WeftFormats
import WeftTensors

extension OutputPlanner {
  /// Where a canonical tensor is read from.
  func source(_ name: CanonicalName) -> BaseModel.Stored? {
    replacements[name] ?? base.stored[name]
  }

  /// The type of a tensor in the output: of a known model, only its own floating-point tensors are converted.
  func outputDType(_ dtype: DType, isModel: Bool, name: String) -> DType {
    guard dtype.isComputable else { return dtype }
    if let own = choice.types[name] { return own.isComputable ? own : dtype }
    guard isModel || base.recognition.architecture == nil || base.recognition.kind == .adapter,
      let wanted = choice.dtype
    else { return dtype }
    return wanted
  }

  /// A tensor that is made of canonical slices, one after the other.
  func tensorOfSlices(
    name: String, shape: Shape, slices: [CanonicalSlice], dtype: DType
  ) throws -> PlannedTensor {
    guard let info = TensorInfo(name: name, dtype: dtype, shape: shape) else {
      throw TransformError.badData(
        "the size of \(name) overflows", at: path, advice: "use a sound model")
    }
    var pieces: [Piece] = []
    var offset = 0
    for slice in slices {
      guard let stored = source(slice.name) else { continue }
      let piece = try piece(slice, stored: stored, dtype: dtype, byteOffset: offset)
      pieces.append(piece)
      offset += piece.byteCount
    }
    guard offset == info.byteCount else {
      throw TransformError.badData(
        "\(name) needs \(info.byteCount) bytes, but its parts have \(offset)", at: path,
        advice: "use a sound model")
    }
    var tensor = PlannedTensor(
      info: info, pieces: pieces, action: action(slices, dtype: dtype), isWeight: true)
    tensor.origin = commonOrigin(slices)
    tensor.component = slices.first?.name.component
    return tensor
  }

  /// One of the stored tensors that slices come from, when all are stored in one form.
  private func commonOrigin(_ slices: [CanonicalSlice]) -> Checkpoint.Tensor? {
    let tensors = slices.compactMap { source($0.name)?.tensor }
    guard let first = tensors.first,
      tensors.allSatisfy({ $0.stored?.form == first.stored?.form })
    else { return nil }
    return first
  }

  private func action(_ slices: [CanonicalSlice], dtype: DType) -> PlannedTensor.Action {
    if slices.contains(where: { changes($0.name) }) { return .changed }
    let isCast = slices.contains { source($0.name)?.tensor.info.dtype != dtype }
    return isCast ? .cast : .copied
  }

  /// Whether a canonical tensor gets other values than the base's.
  func changes(_ name: CanonicalName) -> Bool {
    values[name] != nil || replacements[name] != nil
  }

  private func piece(
    _ slice: CanonicalSlice, stored: BaseModel.Stored, dtype: DType, byteOffset: Int
  ) throws -> Piece {
    var value = values[slice.name] ?? ComputedValue(stored.block())
    if slice.step == .transpose { value = value.transposed }
    if let plain = value.plainBlock, plain.dtype == dtype, !plain.isTransposed,
      let width = dtype.byteWidth
    {
      return Piece(
        byteOffset: byteOffset, byteCount: plain.elementCount * width,
        work: .copy(plain.tensor, byteOffset: plain.elementOffset * width))
    }
    guard stored.tensor.info.dtype.isComputable, dtype.isComputable,
      let width = dtype.byteWidth
    else {
      let odd = stored.tensor.info.dtype.isComputable ? dtype : stored.tensor.info.dtype
      throw TransformError.badData(
        "\(stored.tensor.info.name) of type \(odd.rawValue) cannot be changed or converted",
        at: stored.tensor.source.path, advice: "use a model in F16, BF16 or F32")
    }
    return Piece(
      byteOffset: byteOffset, byteCount: value.rows * value.columns * width, work: value.work)
  }
}

extension ComputedValue {
  /// The work that computes the values: directly where a stored block is only added to.
  var work: Piece.Work {
    if case .stored(let block) = start, update.isDirect {
      return .compute(block, update.isIdentity ? nil : update)
    }
    return .evaluate(formula)
  }
}

/// The bytes of an integer as files have them.
package func littleEndianBytes<Value: FixedWidthInteger>(_ value: Value) -> [UInt8] {
  (0..<Value.bitWidth / 8).map { UInt8(truncatingIfNeeded: value >> Value($0 * 8)) }
}
