import WeftFiles
import WeftFormats
import WeftKernels
import WeftTensors

/// A module of two low-rank factors whose rank may change.
struct ResizableModule: Sendable {
  /// What became of a module.
  struct Result: Sendable {
    var layer: ComposedLayer
    /// The module's new tensors, by the names of the old ones; the others stay as they are.
    var replaced: [String: PlannedTensor] = [:]
    var tally = Tally()
  }

  let stem: String
  let up: Checkpoint.Tensor
  let down: Checkpoint.Tensor
  let alpha: Checkpoint.Tensor?
  let rank: Int
  let path: String

  /// The module's factors, or nil when it is of another kind.
  init?(_ module: AdapterModule, of checkpoint: Checkpoint) throws {
    func tensor(_ role: String) -> Checkpoint.Tensor? {
      module.tensors[role].map { checkpoint.tensors[$0] }
    }
    guard let up = tensor("up"), let down = tensor("down"),
      ["lora", "lora-diff-b"].contains(module.family.id), tensor("mid") == nil
    else { return nil }
    (self.up, self.down, alpha) = (up, down, tensor("alpha"))
    (stem, path) = (module.stem, checkpoint.path)
    rank = down.info.shape.rank > 1 ? down.info.shape.rowCount : 0
    guard rank > 0, up.info.shape.rank > 1, up.info.shape.dimensions[1] == rank,
      up.info.elementCount == up.info.shape.rowCount * rank
    else {
      throw TransformError.refused(
        "the ranks of its factors differ: up is \(up.info.shape), down is \(down.info.shape)",
        at: "\(path): \(stem)", advice: "get the adapter again from its source")
    }
    for factor in [up, down] where !factor.info.dtype.isComputable {
      throw TransformError.badData(
        "\"\(factor.info.name)\" of type \(factor.info.dtype.rawValue) cannot be computed with",
        at: path, advice: "convert the adapter to F16, BF16 or F32 first")
    }
  }

  private var rows: Int { up.info.shape.rowCount }
  private var columns: Int { down.info.elementCount / rank }
  private var shape: Shape {
    Shape([rows] + down.info.shape.dimensions.dropFirst())
  }

  /// Whether it is a convolution of more than one tap.
  var isConvolution: Bool { shape.rank > 2 && shape.withoutTrailingOnes.rank > 2 }

  /// The memory that resizing takes at most, in bytes.
  var byteCount: Int { 40 * rank * (rows + columns) }

  /// Cuts the module to the rank of a choice; one that is not cut keeps its bytes.
  func resized(
    _ choice: RankChoice, dtype: DType?, spool: SpoolFile, workspace: Workspace
  ) throws -> Result {
    var layer = ComposedLayer(name: stem, shape: shape, form: .lowRank)
    layer.rank = rank
    if let fixed = choice.fixedRank, fixed >= rank { return Result(layer: layer) }
    let product = try decomposed(workspace)
    layer.totalEnergy = product.total
    let chosen = choice.rank(
      energies: product.energies, total: product.total, isComplete: true)
    guard let chosen, chosen < rank else { return Result(layer: layer) }
    let factors = try product.factors(rank: chosen, dtype: dtype ?? up.info.dtype)
    layer.rank = chosen
    layer.method = .exact
    layer.capturedEnergy =
      product.total == 0 ? 1 : min(1, factors.energies.reduce(0, +) / product.total)
    return Result(
      layer: layer, replaced: try planned(factors, spool: spool), tally: factors.tally)
  }

  private func decomposed(_ workspace: Workspace) throws -> ProductFactoring {
    func matrix(_ tensor: Checkpoint.Tensor, rows: Int, columns: Int) throws -> Matrix {
      try FactorMatrix(factor: .stored(tensor), rows: rows, columns: columns, coefficient: 1)
        .matrix(workspace)
    }
    let tall = try matrix(up, rows: rows, columns: rank)
    let turned = Matrix(rows: rank, columns: rows, .f64)
    transpose(tall.values, rows: rows, columns: rank, elementWidth: 8, into: turned.values)
    return try ProductFactoring(
      transposedUp: turned, down: try matrix(down, rows: rank, columns: columns))
  }

  /// The new factors, and the alpha that keeps alpha over rank as it was.
  private func planned(
    _ factors: LowRankFactors, spool: SpoolFile
  ) throws -> [String: PlannedTensor] {
    let module = CanonicalModule(component: path, path: stem)
    let upShape = Shape([rows, factors.rank] + up.info.shape.dimensions.dropFirst(2))
    let downShape = Shape([factors.rank] + down.info.shape.dimensions.dropFirst())
    var tensors = [
      try spool.keep(factors.up, up.info.name, of: module, shape: upShape, dtype: factors.dtype),
      try spool.keep(
        factors.down, down.info.name, of: module, shape: downShape, dtype: factors.dtype),
    ]
    if let alpha {
      let kept = try alpha.scalar() / Double(rank) * Double(factors.rank)
      tensors.append(.scalar(kept, alpha.info.name, of: module))
    }
    return try Dictionary(
      tensors.map { ($0.role, try $0.planned($0.role)) }, uniquingKeysWith: { first, _ in first })
  }
}
