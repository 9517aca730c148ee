import WeftFormats
import WeftKernels
import WeftTensors

/// More of B where the models are alike: B (1 - k) + A k, where k follows from the cosines of the columns.
///
/// With the scope `model`, the similarities of the whole model are stretched to 0...1 before `alpha` is taken off, as
/// supermerger does, and image encoders and decoders stay A's; with `tensor` they are taken as they are, as sd-mecha does.
/// Source: https://github.com/hako-mikan/sd-webui-supermerger/blob/b9229d7/scripts/mergers/mergers.py
struct CosineRule: MergeRule {
  /// What similarity means.
  enum Kind: Sendable {
    /// The cosines of columns, after each was made of length one; supermerger blends in the whole's only when it merges.
    case a
    /// The mean of a column's cosine and the whole tensor's.
    case b
  }

  let kind: Kind
  /// The least and the largest similarity of the model, without the outermost hundredths.
  let range: SimilarityRange?

  init(_ kind: Kind, range: SimilarityRange? = nil) {
    self.kind = kind
    self.range = range
  }

  var modelCounts: ClosedRange<Int> { 2...2 }

  /// What similarities are measured against.
  private enum Scope: String, CaseIterable {
    /// The range of the whole model's.
    case model
    /// Nothing.
    case tensor
  }

  func merged(_ tensor: MergedTensor) throws -> ComputedValue {
    let alpha = try tensor.options.number("alpha", in: -1...1)
    let scope = try tensor.options.choice("scope", Scope.self)
    if scope == .model, Self.isLeftOut(tensor) { return tensor.first.value }
    let (kind, range, path) = (kind, range, tensor.name.path)
    return ComputedValue(
      CosineBlend(
        a: tensor.first.value.formula, b: tensor.models[1].value.formula,
        isVector: tensor.shape.rank < 2
      ) { similarity in
        guard scope == .model else {
          return Self.plainShares(similarity, kind: kind, alpha: alpha)
        }
        // A plan needs no survey, but a run does.
        guard let range else { throw Self.unsurveyed(path) }
        return Self.stretchedShares(similarity, kind: kind, alpha: alpha, range: range)
      })
  }

  /// Whether the tensor stays A's when the whole model is looked at.
  private static func isLeftOut(_ tensor: MergedTensor) -> Bool {
    tensor.name.component == "vae"
  }

  private static func unsurveyed(_ path: String) -> TransformError {
    TransformError.refused(
      "the similarities of the whole model were not measured", at: path,
      advice: "give the option scope=tensor")
  }

  /// A's share in each column: for a the cosines alone, for b with the whole's.
  ///
  /// Source: https://github.com/ljleb/sd-mecha/blob/b8d4d88/sd_mecha/extensions/builtin/merge_methods/cosine.py
  private static func plainShares(
    _ similarity: ColumnSimilarity, kind: Kind, alpha: Double
  ) -> [Double] {
    similarity.cosines.map { cosine in
      clip((kind == .a ? cosine : (cosine + similarity.whole) / 2) - alpha)
    }
  }

  /// A's share in each column, measured against the range of the whole model.
  private static func stretchedShares(
    _ similarity: ColumnSimilarity, kind: Kind, alpha: Double, range: SimilarityRange
  ) -> [Double] {
    let whole = kind == .a ? similarity.wholeOfDirections : similarity.whole
    let taken = kind == .a ? alpha.magnitude : alpha
    return similarity.cosines.map { clip(range.stretched(($0 + whole) / 2) - taken) }
  }

  private static func clip(_ share: Double) -> Double { min(1, max(0, share)) }

  func surveyed(
    _ tensors: [MergedTensor], _ workspaces: [Workspace]
  ) throws -> any MergeRule {
    let tensors = try tensors.filter {
      try $0.options.choice("scope", Scope.self) == .model && !Self.isLeftOut($0)
    }
    guard !tensors.isEmpty else { return self }
    let similarities = try SimilaritySurvey.cosines(tensors, workspaces) { similarity in
      // Supermerger's survey for a leaves the whole's cosine out, though its merge adds it.
      kind == .a
        ? similarity.cosines : similarity.cosines.map { ($0 + similarity.whole) / 2 }
    }
    return CosineRule(kind, range: SimilarityRange(similarities))
  }
}
