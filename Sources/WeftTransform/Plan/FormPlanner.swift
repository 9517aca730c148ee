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
    let tensors = choice.component.map { alone($0, of: &result) } ?? output.tensors
    result.tensors = try tensors.enumerated().flatMap { try keepForm(of: $1, survey: $0) }
    result.notes += growth(result.tensors).map { [$0] } ?? []
    return result
  }

  /// What becomes larger because the container has no place for the form that it is stored in.
  private func growth(_ tensors: [PlannedTensor]) -> String? {
    let decoded = tensors.filter { $0.origin?.stored != nil && $0.info.dtype == .f32 }
    guard choice.dtype == nil, let stored = decoded.first?.origin?.stored else { return nil }
    return
      "\(choice.format.rawValue) has no \(stored.form.name): \(decoded.count) tensors become F32, "
      + "which is exact; --dtype f16 or --quantize makes the output smaller"
  }

  /// The tensors of one component under the names that it has alone; the others are dropped.
  private func alone(
    _ component: String, of result: inout OutputPlanner.Result
  ) -> [PlannedTensor] {
    let others = result.tensors.filter { $0.component != component }
    result.dropped += others.map {
      ModelPlan.Drop(name: $0.info.name, reason: "no part of the \(component)")
    }
    return result.tensors.filter { $0.component == component }.map {
      $0.renamed(base.name($0.info.name, alone: component, layout: result.layoutName))
    }
  }

  /// A tensor in the form that it is stored in, where the container has that.
  func keepForm(of tensor: PlannedTensor, survey: Int) throws -> [PlannedTensor] {
    guard let stored = tensor.origin?.stored, tensor.info.dtype == .f32, choice.dtype == nil else {
      return [tensor]
    }
    guard !choice.decodes, stored.form.isStorable(in: choice.format) else {
      var decoded = tensor
      if decoded.action == .copied { decoded.action = .cast }
      return [decoded]
    }
    if tensor.wholeCopy != nil { return tensor.copies(of: stored) }
    guard let again = tensor.stored(as: stored.form, survey: survey) else {
      throw TransformError.refused(
        "\(tensor.info.name) changes, and its values cannot be stored as \(stored.form.name) again",
        at: base.checkpoint.path, advice: "choose a type with --dtype or --quantize")
    }
    return again + tensor.companions(of: stored)
  }
}

extension PlannedTensor {
  /// Copies of the stored tensors that hold the values, under this tensor's name.
  fileprivate func copies(of stored: StoredForm) -> [PlannedTensor] {
    stored.parts.map(copy)
  }

  /// Copies of what lies beside the values and does not depend on them.
  fileprivate func companions(of stored: StoredForm) -> [PlannedTensor] {
    stored.parts.filter(\.isCompanion).map(copy)
  }

  private func copy(_ part: StoredForm.Part) -> PlannedTensor {
    let own = part.tensor.info
    let piece = Piece(
      byteOffset: 0, byteCount: own.byteCount, work: .copy(part.tensor, byteOffset: 0))
    var copy = PlannedTensor(
      info: own.renamed(ScaledFormat.name(part.template, of: info.name)), pieces: [piece],
      action: .copied,
      isWeight: isWeight)
    copy.origin = part.tensor
    copy.component = component
    return copy
  }

  /// The same values in another form, in one tensor or several; nil when it does not fit the shape.
  func stored(as form: TensorForm, survey: Int, saturates: Bool = false) -> [PlannedTensor]? {
    switch form {
    case .blocks(let dtype):
      // Without weights blocks do not depend on the rows that they are in.
      guard let encoding = BlockEncoding(dtype, columns: dtype.blockElementCount) else {
        return nil
      }
      return stored(as: dtype, encoding: encoding).map { [$0] }
    case .plain(let dtype):
      let encoding = Float8Encoding(dtype, saturates: saturates)
      guard dtype.isComputable || encoding != nil else { return nil }
      return stored(as: dtype, encoding: encoding).map { [$0] }
    case .scaled(let format): return scaled(as: format, survey: survey)
    case .readOnly: return nil
    }
  }

  /// The same values as elements of a type; nil when they are no whole number of its blocks.
  func stored(as dtype: DType, encoding: (any ValueEncoding)?) -> PlannedTensor? {
    stored(as: dtype, name: info.name, shape: info.shape, encoding: encoding)
  }

  /// The same values in a tensor of another name, type and shape.
  func stored(
    as dtype: DType, name: String, shape: Shape, encoding: (any ValueEncoding)?
  ) -> PlannedTensor? {
    guard let stored = TensorInfo(name: name, dtype: dtype, shape: shape) else { return nil }
    let target = encoding?.unit ?? StorageUnit(dtype)
    var moved: [Piece] = []
    for piece in pieces {
      let first = piece.firstElement(unit)
      guard first % (encoding?.grain ?? 1) == 0 else { return nil }
      moved.append(
        Piece(
          byteOffset: target.byteCount(of: first),
          byteCount: target.byteCount(of: unit.elementCount(of: piece.byteCount)),
          work: piece.work.computed(unless: encoding == nil ? dtype : nil)))
    }
    guard moved.reduce(0, { $0 + $1.byteCount }) == stored.byteCount else { return nil }
    var result = PlannedTensor(
      info: stored, pieces: moved, action: action == .copied ? .cast : action, isWeight: isWeight,
      encoding: encoding)
    result.origin = origin
    result.component = component
    return result
  }
}

extension Piece.Work {
  /// The same values computed, and not copied as bytes, unless they are stored in the type.
  func computed(unless dtype: DType?) -> Piece.Work {
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
