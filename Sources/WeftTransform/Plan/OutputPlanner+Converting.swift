import WeftFiles
import WeftFormats
import WeftKernels
import WeftTensors

extension OutputPlanner {
  /// The base's canonical tensors in another layout, and what has no place there.
  func convert(to layout: String) throws -> Result {
    guard let architecture = base.recognition.architecture else {
      throw TransformError.refused(
        "the architecture is not known", at: path, advice: "see weft inspect")
    }
    let canonical = base.stored.sorted { $0.key < $1.key }.map {
      (name: $0.key, shape: $0.value.shape)
    }
    let arrangement = try architecture.arrange(
      canonical, layout: layout, alone: base.soleComponent != nil)
    let extras = layout == "ldm" ? Extras(of: base) : Extras()
    let omitted = Set(arrangement.omitted.map(\.name))
    var result = Result(
      layoutName: layout, tensors: try arrangement.tensors.map { try convert($0, extras: extras) })
    let arranged = Set(result.tensors.map(\.info.name))
    for (tensor, binding) in extras.tensors where !arranged.contains(extras.name(of: tensor)) {
      let name = extras.name(of: tensor)
      if let reason = reasonToDrop(name, binding: binding) {
        result.dropped.append(ModelPlan.Drop(name: tensor.info.name, reason: reason))
      } else {
        result.tensors.append(try keep(tensor, binding: binding, name: name))
      }
    }
    try addLeftovers(to: &result, omitted: omitted, reasons: arrangement.omitted)
    return result
  }

  /// Keeps beside a folder's components what the layout has no place for, so that nothing is lost on the way back, and
  /// lists what is left out.
  private func addLeftovers(
    to result: inout Result, omitted: Set<CanonicalName>,
    reasons: [(name: CanonicalName, reason: String)]
  ) throws {
    let hasExtras = choice.format == .diffusers && base.soleComponent == nil
    for (tensor, binding) in zip(base.checkpoint.tensors, base.recognition.bindings) {
      let name = tensor.info.name
      let isOmitted =
        !binding.slices.isEmpty && binding.slices.allSatisfy { omitted.contains($0.name) }
      if binding.slices.isEmpty, let reason = reasonToDrop(name, binding: binding) {
        result.dropped.append(ModelPlan.Drop(name: name, reason: reason))
      } else if hasExtras, isOmitted || Extras.isWorthKeeping(tensor.info, binding: binding) {
        let extra = DiffusersFolder.extrasComponent + "/" + name
        result.tensors.append(try keep(tensor, binding: binding, name: extra))
      } else if isOmitted {
        result.dropped.append(
          ModelPlan.Drop(
            name: tensor.info.name,
            reason: reasons.first { $0.name == binding.slices[0].name }?.reason ?? "no place"))
      } else if binding.slices.isEmpty,
        !Extras.isExtra(tensor.info.name) || result.layoutName != "ldm"
      {
        result.dropped.append(try drop(tensor.info.name, binding: binding))
      }
    }
  }

  /// Tensors that nobody knows are refused rather than lost.
  private func drop(_ name: String, binding: Recognition.Binding) throws -> ModelPlan.Drop {
    if let reason = binding.auxiliaryReason { return ModelPlan.Drop(name: name, reason: reason) }
    let allowed = choice.allowedUnmatched.map(Glob.init)
    guard choice.isPruned || allowed.contains(where: { $0.matches(name) }) else {
      throw TransformError.refused(
        "a tensor of the model is unknown, so it has no place in the other layout",
        at: "\(path): \(name)",
        advice: "keep the layout, or leave it out with --allow-unmatched '\(name)'")
    }
    return ModelPlan.Drop(name: name, reason: "unknown; left out as asked")
  }

  /// A tensor of the layout; one that the layout would make up is taken from the extras when they have it.
  private func convert(_ tensor: LayoutTensor, extras: Extras) throws -> PlannedTensor {
    if tensor.reason != nil, let (own, binding) = extras[tensor.name],
      own.info.shape == tensor.shape
    {
      return try keep(own, binding: binding, name: tensor.name)
    }
    switch tensor.content {
    case .slices(let slices):
      let dtype = try commonDType(slices, of: tensor.name)
      return try tensorOfSlices(
        name: tensor.name, shape: tensor.shape, slices: slices, dtype: dtype)
    case .range: return try generated(tensor, dtype: .i64) { littleEndianBytes(Int64($0)) }
    case .fill(let value): return try filled(tensor, value: value)
    }
  }

  /// A tensor of one value, in the type that most of the model is in.
  private func filled(_ tensor: LayoutTensor, value: Double) throws -> PlannedTensor {
    var counts: [DType: Int] = [:]
    for stored in base.stored.values where stored.tensor.info.dtype.isComputable {
      counts[stored.tensor.info.dtype, default: 0] += 1
    }
    let common = counts.max { ($0.value, $1.key.rank) < ($1.value, $0.key.rank) }?.key ?? .f32
    let dtype = outputDType(common, isModel: true, name: tensor.name)
    let (wide, narrow) = (ByteBuffer(byteCount: 8), ByteBuffer(byteCount: dtype.blockByteCount))
    wide.all.copy(from: littleEndianBytes(value.bitPattern))
    var tally = Tally()
    Kernels.best.convert(wide.all, .f64, into: narrow.all, dtype, tally: &tally)
    let bytes = narrow.all.array
    return try generated(tensor, dtype: dtype) { _ in bytes }
  }

  /// The type of a tensor that is put together of several, which must be of one type unless the user chose one.
  private func commonDType(_ slices: [CanonicalSlice], of name: String) throws -> DType {
    let found = slices.compactMap { source($0.name)?.tensor.info.dtype }
    let types = Set(found.map { outputDType($0, isModel: true, name: name) })
    guard types.count == 1, let dtype = types.first else {
      let names = Set(found.map(\.rawValue)).sorted().joined(separator: " and ")
      throw TransformError.refused(
        "the parts of \(name) are of different types, \(names)", at: path,
        advice: "choose the type with --dtype")
    }
    return dtype
  }

  /// A tensor that the layout needs and the base does not have.
  private func generated(
    _ tensor: LayoutTensor, dtype: DType, element: (Int) -> [UInt8]
  ) throws -> PlannedTensor {
    guard let info = TensorInfo(name: tensor.name, dtype: dtype, shape: tensor.shape) else {
      throw TransformError.badData(
        "the size of \(tensor.name) overflows", at: path, advice: "use a sound model")
    }
    let bytes = (0..<info.elementCount).flatMap(element)
    let piece = Piece(byteOffset: 0, byteCount: bytes.count, work: .literal(bytes))
    return PlannedTensor(info: info, pieces: [piece], action: .added)
  }
}
