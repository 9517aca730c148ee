import WeftFiles
import WeftFormats
import WeftTensors

/// Decides how the values of each output tensor are stored.
///
/// Tensors that are stored in another form than that of their values, such as blocks, keep it where the container has it:
/// unchanged ones as bytes, changed ones encoded once. Where a quantisation is asked for it decides instead.
struct FormPlanner {
  let choice: OutputRecipe
  let base: BaseModel
  let library: FormatLibrary

  func apply(to output: OutputPlanner.Result) throws -> OutputPlanner.Result {
    if let recipe = choice.quantization {
      return try Quantizer(recipe: recipe, choice: choice, base: base, library: library)
        .apply(to: output)
    }
    var result = output
    result.tensors = try output.tensors.flatMap { try keepForm(of: $0) }
    return result
  }

  private func keepForm(of tensor: PlannedTensor) throws -> [PlannedTensor] {
    guard let stored = tensor.origin?.stored, tensor.info.dtype == .f32, choice.dtype == nil else {
      return [tensor]
    }
    guard stored.form.isStorable(in: choice.format) else {
      var decoded = tensor
      if decoded.action == .copied { decoded.action = .cast }
      return [decoded]
    }
    return tensor.isWholeCopy
      ? tensor.copies(of: stored) : [tensor.stored(as: stored.form) ?? tensor]
  }
}

extension PlannedTensor {
  /// Whether the values are those of one stored tensor, all of them.
  fileprivate var isWholeCopy: Bool {
    guard pieces.count == 1, case .copy(let tensor, 0) = pieces[0].work else { return false }
    return tensor.info.byteCount == info.byteCount
  }

  /// Copies of the stored tensors that hold the values, under this tensor's name.
  fileprivate func copies(of stored: StoredForm) -> [PlannedTensor] {
    stored.parts.map { part in
      let own = part.tensor.info
      let piece = Piece(
        byteOffset: 0, byteCount: own.byteCount, work: .copy(part.tensor, byteOffset: 0))
      var copy = PlannedTensor(
        info: own.renamed(part.name(info.name)), pieces: [piece], action: action,
        isWeight: isWeight)
      copy.origin = part.tensor
      copy.component = component
      return copy
    }
  }

  /// The same values in another form; nil when it does not fit the shape.
  func stored(as form: TensorForm) -> PlannedTensor? {
    switch form {
    case .blocks(let dtype):
      guard let columns = info.shape.dimensions.last,
        let encoding = BlockEncoding(dtype, columns: columns)
      else { return nil }
      return stored(as: dtype, encoding: encoding)
    case .plain(let dtype):
      return dtype.isComputable ? stored(as: dtype, encoding: nil) : nil
    }
  }

  /// The same values as elements of a type; nil when they are no whole number of its blocks.
  func stored(as dtype: DType, encoding: (any ValueEncoding)?) -> PlannedTensor? {
    guard let stored = TensorInfo(name: info.name, dtype: dtype, shape: info.shape) else {
      return nil
    }
    var moved: [Piece] = []
    for piece in pieces {
      let elements = Self.elements(of: piece, dtype: info.dtype)
      guard let offset = dtype.byteCount(elementCount: elements.lowerBound),
        let byteCount = dtype.byteCount(elementCount: elements.count),
        elements.lowerBound % (encoding?.grain ?? 1) == 0
      else { return nil }
      let work = piece.work.computed(unless: encoding == nil ? dtype : nil)
      moved.append(Piece(byteOffset: offset, byteCount: byteCount, work: work))
    }
    var result = PlannedTensor(
      info: stored, pieces: moved, action: action == .copied ? .cast : action, isWeight: isWeight,
      encoding: encoding)
    result.origin = origin
    result.component = component
    return result
  }

  private static func elements(of piece: Piece, dtype: DType) -> Range<Int> {
    let first = piece.firstElement(dtype)
    return first..<first + piece.byteCount / dtype.blockByteCount * dtype.blockElementCount
  }
}

extension Piece.Work {
  /// The same values computed, and not copied as bytes, unless they are stored in the type.
  fileprivate func computed(unless dtype: DType?) -> Piece.Work {
    guard case .copy(let tensor, let byteOffset) = self, tensor.info.dtype != dtype,
      let width = tensor.info.dtype.byteWidth
    else { return self }
    let first = byteOffset / width
    return .compute(
      StoredBlock(
        tensor: tensor, elementOffset: first, rows: tensor.info.elementCount - first, columns: 1,
        isTransposed: false), nil)
  }
}
