import WeftFormats

/// How a merge method makes the values of one tensor of those of several models.
package protocol MergeRule: Sendable {
  /// The numbers of models that it takes, the base not counted.
  var modelCounts: ClosedRange<Int> { get }
  /// Whether it measures differences from a base.
  var needsBase: Bool { get }

  /// The merged values; the models, and the base where one is needed, have one shape.
  ///
  /// - Throws: `TransformError` (exit code 2) when an option is missing or outside its range.
  func merged(_ tensor: MergedTensor) throws -> ComputedValue

  /// The rule with what it has to know of all tensors, for methods whose numbers are those of the whole model.
  ///
  /// It reads all data of the models once, with as many threads as `workspaces`.
  func surveyed(
    _ tensors: [MergedTensor], _ workspaces: [Workspace]
  ) throws -> any MergeRule
}

extension MergeRule {
  package var needsBase: Bool { false }

  /// Most rules look at one tensor at a time.
  package func surveyed(
    _ tensors: [MergedTensor], _ workspaces: [Workspace]
  ) throws -> any MergeRule { self }

  /// The merged values of a tensor.
  ///
  /// Shapes are equal, but for the first convolution of an inpainting or instruct-pix2pix model: where the others have
  /// four channels, its first four are merged and the rest stays the first model's.
  ///
  /// - Throws: `TransformError` (exit code 2) when models are missing or too many, shapes differ, or an option does not
  ///   fit.
  package func value(of tensor: MergedTensor) throws -> ComputedValue {
    guard modelCounts.contains(tensor.models.count) else { throw wrongCount(tensor) }
    if needsBase { _ = try tensor.requiredBase() }
    guard let channels = try tensor.sharedChannels(usesBase: needsBase) else {
      return try merged(tensor)
    }
    return try channels.joined(try merged(channels.narrowed(tensor)), tensor.first.value)
  }

  private func wrongCount(_ tensor: MergedTensor) -> TransformError {
    let (least, most) = (modelCounts.lowerBound, modelCounts.upperBound)
    let wanted =
      most == .max ? "\(least) or more" : least == most ? "\(least)" : "\(least) to \(most)"
    return TransformError.refused(
      "this merge takes \(wanted) models and got \(tensor.models.count)", at: nil,
      advice: "give \(wanted), the base not counted")
  }
}

/// The rules by the names of their methods in `formats/merges/`.
package enum MergeRules {
  private static let table: [String: any MergeRule] = [
    "weighted-sum": LinearRule.weightedSum, "sum": LinearRule.sum,
    "add-difference": LinearRule.addDifference, "triple": LinearRule.triple,
    "twice": LinearRule.twice, "task-arithmetic": LinearRule.taskArithmetic,
    "slerp": SlerpRule(keepsLengths: true), "slerp-norm": SlerpRule(keepsLengths: false),
    "model-stock": ModelStockRule(), "geometric-median": GeometricMedianRule(),
    "ties": SparseRule(.magnitude, elects: true),
    "breadcrumbs": SparseRule(.outliers, elects: false),
    "breadcrumbs-ties": SparseRule(.outliers, elects: true),
    "dare-linear": SparseRule(.chance, elects: false),
    "dare-ties": SparseRule(.chance, elects: true),
    "della-linear": SparseRule(.rankedChance, elects: false),
    "della": SparseRule(.rankedChance, elects: true),
    "train-difference": TrainDifferenceRule(),
    "cosine-a": CosineRule(.a), "cosine-b": CosineRule(.b),
    "smooth-add": SmoothAddRule(),
    "tensor": SliceRule(prefersSecond: false), "tensor2": SliceRule(prefersSecond: true),
  ]

  /// The names of all methods, in alphabetical order.
  package static var names: [String] { table.keys.sorted() }

  /// The rule of a method.
  ///
  /// - Throws: `TransformError` (exit code 2) for a name that is none.
  package static func rule(_ name: String) throws -> any MergeRule {
    guard let rule = table[name] else {
      throw TransformError.refused(
        "there is no merge method '\(name)'", at: nil,
        advice: "use one of " + names.joined(separator: ", "))
    }
    return rule
  }
}
