package import WeftFiles
package import WeftFormats
import WeftTensors

/// A change that an adapter makes to one tensor of the model.
package struct Contribution: Sendable {
  /// How the tensor changes; `strength` is already in the factors.
  package enum Change: Sendable {
    /// A product of two factors is added.
    case lowRank(up: Checkpoint.Tensor, down: Checkpoint.Tensor, rank: Int, scale: Double)
    /// A tensor is added with a factor.
    case add(Checkpoint.Tensor, coefficient: Double)
    /// A tensor takes the place of the model's: `(1 - weight) · W + weight · R`, 1 for a whole replacement.
    case blend(Checkpoint.Tensor, weight: Double)
    /// The difference of a tensor to the stock model's is added: `weight · (R - B)`.
    case difference(Checkpoint.Tensor, stock: StoredBlock, weight: Double)
  }

  /// The tensor that changes.
  package let target: CanonicalName
  /// How it changes.
  package let change: Change
  /// Where the change comes from, for messages: the adapter's path and the module's spelling.
  package let origin: String
}

extension Contribution {
  /// Whether the change depends on what the tensor holds; such changes come before all sums.
  var replaces: Bool {
    if case .blend = change { true } else { false }
  }

  /// Whether the change leaves every value as it is.
  var isIdentity: Bool {
    switch change {
    case .lowRank(_, _, _, let scale): scale == 0
    case .add(_, let coefficient): coefficient == 0
    case .blend(_, let weight), .difference(_, _, let weight): weight == 0
    }
  }
}
