import WeftFiles
import WeftFormats
import WeftTensors

extension ControlNetBuilder {
  /// The tensors of the model's encoder under their names in LDM, each with what the Control-LoRA does to it.
  func encoderParts() throws -> [ControlNetPart] {
    guard let architecture = base.recognition.architecture,
      architecture.component(Self.component) != nil
    else { throw refused("no ControlNets of \(base.architectureID) are known") }
    let dimensions = base.recognition.dimensions["unet"] ?? [:]
    let shared = Set(
      try architecture.expanded([Self.component: dimensions], only: Self.component)
        .map(\.name.path))
    let names = base.stored.keys.filter { $0.component == "unet" && shared.contains($0.path) }
    guard !names.isEmpty else { throw refused("the model has no UNet") }
    let arranged = try architecture.arrange(
      names.sorted().compactMap { name in base.stored[name].map { (name, $0.shape) } },
      layout: "ldm", alone: true)
    return try arranged.tensors.compactMap { tensor in
      guard case .slices(let slices) = tensor.content, let name = slices.first?.name,
        slices.count == 1, let value = start(name), let stored = base.stored[name]
      else { return nil }
      return try part(tensor, value: value, stored: stored)
    }
  }

  private func part(
    _ layout: LayoutTensor, value: ComputedValue, stored: BaseModel.Stored
  ) throws -> ControlNetPart {
    let whole = control.checkpoint[layout.name]
    let factors = try factors(of: layout)
    if let whole {
      guard factors == nil else {
        throw refused("it is there as a whole and as factors", at: layout.name)
      }
      guard whole.info.shape.withoutTrailingOnes == layout.shape.withoutTrailingOnes else {
        throw refused(
          "it is \(whole.info.shape), but the model's tensor is \(layout.shape)", at: layout.name)
      }
      return ControlNetPart(whole: whole)
    }
    guard
      let info = TensorInfo(
        name: ControlNetPart.prefix + layout.name, dtype: stored.tensor.info.dtype,
        shape: layout.shape)
    else { throw refused("the size of \(layout.name) overflows") }
    let width = info.dtype.byteWidth ?? 1
    var part = ControlNetPart(
      tensor: Checkpoint.Tensor(
        info: info, source: stored.tensor.source,
        offset: stored.tensor.offset + stored.elementOffset * width),
      value: value)
    guard let factors else { return part }
    guard info.dtype.isComputable else {
      throw TransformError.badData(
        "\(stored.tensor.info.name) of type \(info.dtype.rawValue) cannot be changed",
        at: base.checkpoint.path, advice: "use a model in F16, BF16 or F32")
    }
    part.value.update.products.append(
      ProductTerm(
        up: .stored(factors.up), down: .stored(factors.down), rank: factors.rank, scale: 1))
    part.used = [factors.up, factors.down].map(\.info.name)
    part.rule = "W + up · down, rank \(factors.rank)"
    return part
  }

  /// The Control-LoRA's factors of a weight; nil when it has none.
  private func factors(
    of layout: LayoutTensor
  ) throws -> (up: Checkpoint.Tensor, down: Checkpoint.Tensor, rank: Int)? {
    let leaf = ".weight"
    guard layout.name.hasSuffix(leaf) else { return nil }
    let stem = layout.name.dropLast(leaf.count)
    let (up, down) = (control.checkpoint["\(stem).up"], control.checkpoint["\(stem).down"])
    guard up != nil || down != nil else { return nil }
    guard let up, let down else {
      throw refused(
        "\(stem) has \(up == nil ? "no factor up" : "no factor down")", at: "\(stem)")
    }
    for factor in [up, down] where !factor.info.dtype.isComputable {
      throw TransformError.badData(
        "\"\(factor.info.name)\" of type \(factor.info.dtype.rawValue) cannot be computed with",
        at: control.path, advice: "convert it to F16, BF16 or F32 first")
    }
    let (rows, rank) = (layout.shape.rowCount, down.info.shape.rowCount)
    let count = layout.shape.checkedElementCount ?? 0
    guard up.info.shape.rank > 1, down.info.shape.rank > 1, rank > 0, rows > 0,
      up.info.shape.rowCount == rows, up.info.elementCount == rows * rank,
      down.info.elementCount / rank == count / rows
    else {
      throw refused(
        "up is \(up.info.shape) and down \(down.info.shape), but the model's tensor is "
          + "\(layout.shape)", at: "\(stem)")
    }
    return (up, down, rank)
  }
}
