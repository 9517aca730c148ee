import WeftFiles
import WeftFormats
import WeftTensors

/// Decides the tensors of the output and where their bytes come from.
struct OutputPlanner {
  struct Result {
    let layoutName: String
    let tensors: [PlannedTensor]
    let dropped: [FusePlan.Drop]
  }

  let recipe: FuseRecipe
  let base: BaseModel
  let updates: [CanonicalName: Update]
  /// Canonical tensors that come from another model, such as a VAE that is put in.
  let replacements: [CanonicalName: BaseModel.Stored]
  let library: FormatLibrary

  func plan() throws -> Result {
    let wanted = try layoutName()
    if wanted == base.recognition.layout, base.checkpoint.format != .diffusers {
      let tensors = try zip(base.checkpoint.tensors, base.recognition.bindings).map {
        try keep($0, binding: $1)
      }
      return Result(layoutName: wanted, tensors: tensors, dropped: [])
    }
    return try convert(to: wanted)
  }

  /// A folder's single-file form is LDM unless it holds one component alone.
  private func layoutName() throws -> String {
    if let layout = recipe.layout {
      if layout == "diffusers", !isSingleComponent {
        throw TransformError.refused(
          "a whole model in the diffusers layout is a folder, not one file",
          at: recipe.basePath, advice: "use --layout ldm")
      }
      return layout
    }
    return base.checkpoint.format == .diffusers && !isSingleComponent
      ? "ldm" : base.recognition.layout ?? "unknown"
  }

  private var isSingleComponent: Bool {
    Set(base.stored.keys.map(\.component)).count == 1
  }

  /// A tensor of the base under its own name.
  private func keep(
    _ tensor: Checkpoint.Tensor, binding: Recognition.Binding
  ) throws -> PlannedTensor {
    let changes = binding.slices.contains {
      updates[$0.name] != nil || replacements[$0.name] != nil
    }
    let dtype = outputDType(tensor.info.dtype, isModel: !binding.slices.isEmpty)
    guard changes || dtype != tensor.info.dtype else {
      let piece = Piece(
        byteOffset: 0, byteCount: tensor.info.byteCount, work: .copy(tensor, byteOffset: 0))
      return PlannedTensor(info: tensor.info, pieces: [piece], action: .copied)
    }
    return try tensorOfSlices(
      name: tensor.info.name, shape: tensor.info.shape, slices: binding.slices, dtype: dtype)
  }

  /// The base's canonical tensors in another layout.
  private func convert(to layout: String) throws -> Result {
    guard let architecture = base.recognition.architecture else {
      throw TransformError.refused(
        "the architecture is not known", at: recipe.basePath, advice: "see weft inspect")
    }
    let canonical = base.stored.sorted { $0.key < $1.key }.map {
      (name: $0.key, shape: $0.value.shape)
    }
    let arrangement = try architecture.arrange(canonical, layout: layout, alone: isSingleComponent)
    let omitted = arrangement.omitted.map {
      FusePlan.Drop(name: $0.name.description, reason: $0.reason)
    }
    return Result(
      layoutName: layout, tensors: try arrangement.tensors.map(convert),
      dropped: try omitted + drops())
  }

  private func convert(_ tensor: LayoutTensor) throws -> PlannedTensor {
    switch tensor.content {
    case .slices(let slices):
      let dtype = try commonDType(slices, of: tensor.name)
      return try tensorOfSlices(
        name: tensor.name, shape: tensor.shape, slices: slices, dtype: dtype)
    case .range: return try generated(tensor, dtype: .i64) { littleEndianBytes(Int64($0)) }
    case .fill(let value):
      return try generated(tensor, dtype: .f32) { _ in
        littleEndianBytes(Float(value).bitPattern)
      }
    }
  }

  /// The type of a tensor that is put together of several, which must be of one type unless the user chose one.
  private func commonDType(_ slices: [CanonicalSlice], of name: String) throws -> DType {
    let found = slices.compactMap { source($0.name)?.tensor.info.dtype }
    let types = Set(found.map { outputDType($0, isModel: true) })
    guard types.count == 1, let dtype = types.first else {
      let names = Set(found.map(\.rawValue)).sorted().joined(separator: " and ")
      throw TransformError.refused(
        "the parts of \(name) are of different types, \(names)", at: recipe.basePath,
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
        "the size of \(tensor.name) overflows", at: recipe.basePath, advice: "use a sound model")
    }
    let bytes = (0..<info.elementCount).flatMap(element)
    let piece = Piece(byteOffset: 0, byteCount: bytes.count, work: .literal(bytes))
    return PlannedTensor(info: info, pieces: [piece], action: .added)
  }

  /// What the layout has no place for; tensors that nobody knows are refused rather than lost.
  private func drops() throws -> [FusePlan.Drop] {
    let allowed = recipe.allowedUnmatched.map(Glob.init)
    return try zip(base.checkpoint.tensors, base.recognition.bindings).compactMap {
      tensor, binding in
      guard binding.slices.isEmpty else { return nil }
      let name = tensor.info.name
      if let reason = binding.auxiliaryReason { return FusePlan.Drop(name: name, reason: reason) }
      guard allowed.contains(where: { $0.matches(name) }) else {
        throw TransformError.refused(
          "a tensor of the model is unknown, so it has no place in the other layout",
          at: "\(recipe.basePath): \(name)",
          advice: "keep the layout, or leave it out with --allow-unmatched '\(name)'")
      }
      return FusePlan.Drop(name: name, reason: "unknown; left out as asked")
    }
  }

  private func source(_ name: CanonicalName) -> BaseModel.Stored? {
    replacements[name] ?? base.stored[name]
  }

  /// The type of a tensor in the output: only the model's own floating-point tensors are converted.
  private func outputDType(_ dtype: DType, isModel: Bool) -> DType {
    guard isModel, let wanted = recipe.dtype, dtype.isComputable else { return dtype }
    return wanted
  }
}

extension OutputPlanner {
  /// A tensor that is made of canonical slices, one after the other.
  private func tensorOfSlices(
    name: String, shape: Shape, slices: [CanonicalSlice], dtype: DType
  ) throws -> PlannedTensor {
    guard let info = TensorInfo(name: name, dtype: dtype, shape: shape) else {
      throw TransformError.badData(
        "the size of \(name) overflows", at: recipe.basePath, advice: "use a sound model")
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
        "\(name) needs \(info.byteCount) bytes, but its parts have \(offset)",
        at: recipe.basePath, advice: "use a sound model")
    }
    return PlannedTensor(info: info, pieces: pieces, action: action(slices, dtype: dtype))
  }

  private func action(_ slices: [CanonicalSlice], dtype: DType) -> PlannedTensor.Action {
    if slices.contains(where: { updates[$0.name] != nil || replacements[$0.name] != nil }) {
      return .changed
    }
    let isCast = slices.contains { source($0.name)?.tensor.info.dtype != dtype }
    return isCast ? .cast : .copied
  }

  private func piece(
    _ slice: CanonicalSlice, stored: BaseModel.Stored, dtype: DType, byteOffset: Int
  ) throws -> Piece {
    let isTransposed = slice.step == .transpose
    let block = stored.block(transposed: isTransposed)
    let update = updates[slice.name].map { isTransposed ? $0.transposed : $0 }
    if update == nil, stored.tensor.info.dtype == dtype, !block.isTransposed,
      let width = dtype.byteWidth
    {
      return Piece(
        byteOffset: byteOffset, byteCount: block.elementCount * width,
        work: .copy(stored.tensor, byteOffset: stored.elementOffset * width))
    }
    guard block.dtype.isComputable, dtype.isComputable, let width = dtype.byteWidth else {
      let odd = block.dtype.isComputable ? dtype : block.dtype
      throw TransformError.badData(
        "\(block.tensor.info.name) of type \(odd.rawValue) cannot be changed or converted",
        at: block.tensor.source.path, advice: "use a model in F16, BF16 or F32")
    }
    return Piece(
      byteOffset: byteOffset, byteCount: block.elementCount * width,
      work: .compute(block, update))
  }
}

/// The bytes of an integer as files have them.
private func littleEndianBytes<Value: FixedWidthInteger>(_ value: Value) -> [UInt8] {
  (0..<Value.bitWidth / 8).map { UInt8(truncatingIfNeeded: value >> Value($0 * 8)) }
}
