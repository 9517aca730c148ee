package import WeftFiles
package import WeftFormats
import WeftTensors

/// A change that an adapter makes to one tensor of the model.
package struct Contribution: Sendable {
  /// How the tensor changes; `strength` is already in the factors.
  package enum Change: Sendable {
    /// A product of two factors is added.
    case lowRank(up: Factor, down: Factor, rank: Int, scale: Double)
    /// A tensor is added with a factor.
    case add(Checkpoint.Tensor, coefficient: Double)
    /// A computed matrix is added with a factor; `rule` is what the plan says of it.
    case addMatrix(any MatrixFormula, coefficient: Double, rule: String)
    /// A tensor takes the place of the model's: `(1 - weight) · W + weight · R`, 1 for a whole replacement.
    case blend(Checkpoint.Tensor, weight: Double)
    /// The difference of a tensor to the stock model's is added: `weight · (R - B)`.
    case difference(Checkpoint.Tensor, stock: StoredBlock, weight: Double)
    /// The weight is changed in a way that depends on what it is.
    case transform(any WeightTransform)
  }

  /// The tensor that changes.
  package let target: CanonicalName
  /// How it changes.
  package let change: Change
  /// Where the change comes from, for messages: the adapter's path and the module's spelling.
  package let origin: String
}

extension Contribution {
  /// Whether the change puts something in the place of what the tensor holds; such changes come before all others.
  var replaces: Bool {
    if case .blend = change { true } else { false }
  }

  /// Whether the change is no sum, so that its place among the adapters matters.
  var isNonlinear: Bool {
    if case .transform = change { true } else { false }
  }

  /// Whether the change leaves every value as it is.
  var isIdentity: Bool {
    switch change {
    case .lowRank(_, _, _, let scale): scale == 0
    case .add(_, let coefficient), .addMatrix(_, let coefficient, _): coefficient == 0
    case .blend(_, let weight), .difference(_, _, let weight): weight == 0
    case .transform(let transform): transform.isIdentity
    }
  }

  /// The rule of the change with its numbers, for the plan.
  var ruleText: String {
    switch change {
    case .lowRank(_, _, let rank, let scale): "W + \(scale) · up · down, rank \(rank)"
    case .add(_, let coefficient): "W + \(coefficient) · difference"
    case .addMatrix(_, let coefficient, let rule): "W + \(coefficient) · \(rule)"
    case .blend(_, let weight):
      weight == 1 ? "W replaced, whatever the strength" : "W + \(weight) · (R - W)"
    case .difference(_, _, let weight): "W + \(weight) · (R - stock)"
    case .transform(let transform): transform.rule
    }
  }
}
