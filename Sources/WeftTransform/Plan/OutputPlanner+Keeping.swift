import WeftFiles
import WeftFormats
import WeftTensors

extension OutputPlanner {
  /// The base's tensors under their own names, but for those that are to be left out.
  func keepAll(layout: String) throws -> Result {
    var result = Result(layoutName: layout, tensors: [])
    for (tensor, binding) in zip(base.checkpoint.tensors, base.recognition.bindings) {
      if let reason = reasonToDrop(tensor.info.name, binding: binding) {
        result.dropped.append(ModelPlan.Drop(name: tensor.info.name, reason: reason))
      } else if let repaired = try repairedPositions(tensor) {
        result.repaired.append(tensor.info.name)
        result.tensors.append(repaired)
      } else {
        result.tensors.append(try keep(tensor, binding: binding))
      }
    }
    return result
  }

  /// Why a tensor is left out although its name has a place; nil for the rest.
  func reasonToDrop(_ name: String, binding: Recognition.Binding) -> String? {
    if MovingAverages.isAverage(name) {
      switch choice.averages {
      case .drop: return "a moving average; left out as asked"
      case .prefer: return "a moving average; it took the place of a weight"
      case .keep: break
      }
    }
    guard choice.isPruned, binding.slices.isEmpty, base.recognition.architecture != nil,
      !library.isEssential(name)
    else { return nil }
    return binding.auxiliaryReason ?? "unknown, so no part of the model"
  }

  /// A tensor of the base under its own name, or another.
  func keep(
    _ tensor: Checkpoint.Tensor, binding: Recognition.Binding, name: String? = nil
  ) throws -> PlannedTensor {
    let name = name ?? outputName(of: tensor)
    let changes = binding.slices.contains { self.changes($0.name) }
    let isModel = !binding.slices.isEmpty || averages.contains(tensor.info.name)
    let dtype = outputDType(tensor.info.dtype, isModel: isModel, name: name)
    if changes {
      return try tensorOfSlices(
        name: name, shape: tensor.info.shape, slices: binding.slices, dtype: dtype)
    }
    var kept = try PlannedTensor(
      of: tensor, name: name, dtype: dtype, isWeight: !binding.slices.isEmpty)
    kept.origin = tensor
    kept.component = binding.slices.first?.name.component
    return kept
  }

  /// Textual inversions have one tensor, which torch files keep deeper and safetensors call `emb_params`.
  private func outputName(of tensor: Checkpoint.Tensor) -> String {
    let name = tensor.info.name
    let isEmbedding = base.recognition.kind == .embedding && base.checkpoint.tensors.count == 1
    return isEmbedding && name.hasPrefix("string_to_param") ? "emb_params" : name
  }

  /// The int64 positions from 0 on in place of what old merges left of them; nil when they are right.
  private func repairedPositions(_ tensor: Checkpoint.Tensor) throws -> PlannedTensor? {
    let info = tensor.info
    guard info.name.hasSuffix("position_ids"), base.recognition.architecture != nil,
      info.byteCount <= Self.largestPositionsByteCount
    else { return nil }
    let range = (0..<info.elementCount).flatMap { littleEndianBytes(Int64($0)) }
    if info.dtype == .i64, try tensor.bytes() == range { return nil }
    guard let wanted = TensorInfo(name: info.name, dtype: .i64, shape: info.shape) else {
      return nil
    }
    return PlannedTensor(
      info: wanted, pieces: [Piece(byteOffset: 0, byteCount: range.count, work: .literal(range))],
      action: .changed)
  }

  /// Positions are a few hundred bytes; anything much larger is something else of that name.
  private static let largestPositionsByteCount = 1 << 20
}

extension PlannedTensor {
  /// A whole stored tensor under a name and in a type.
  init(of tensor: Checkpoint.Tensor, name: String, dtype: DType, isWeight: Bool) throws {
    let info = tensor.info
    if dtype == info.dtype {
      self.init(
        info: info.renamed(name),
        pieces: [
          Piece(byteOffset: 0, byteCount: info.byteCount, work: .copy(tensor, byteOffset: 0))
        ], action: .copied, isWeight: isWeight)
      return
    }
    guard let cast = TensorInfo(name: name, dtype: dtype, shape: info.shape) else {
      throw TransformError.badData(
        "the size of \(name) overflows", at: tensor.source.path, advice: "use a sound model")
    }
    self.init(
      info: cast,
      pieces: [
        Piece(
          byteOffset: 0, byteCount: cast.byteCount,
          work: .compute(tensor.block(rows: info.elementCount), nil))
      ], action: .cast, isWeight: isWeight)
  }
}
