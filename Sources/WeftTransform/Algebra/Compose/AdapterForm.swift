package import WeftTensors

/// In which form an adapter is written.
package struct AdapterForm: Sendable {
  /// The name of the spelling, a file of `formats/spellings`.
  package var spelling = "kohya"
  /// The type of everything but alphas; nil keeps the widest of what a module is made of.
  package var dtype: DType?
  /// The rank of weights; nil keeps products exactly and writes other changes as full differences.
  package var rank: RankChoice?
  /// The rank of convolutions of more than one tap; nil for that of other weights.
  package var convolutionRank: RankChoice?
  /// How weights are factored.
  package var method = FactoringMethod.auto
  /// Whether low-rank changes are written as full differences, too.
  package var isDense = false

  /// Whether products keep their rank whatever the rank of other changes.
  package var keepsProducts = false
  /// Whether scales are always folded into factors, for spellings without an alpha.
  var foldsScales = false

  /// Makes a form with every option at its default.
  package init() {}

  /// The rank of a tensor; nil when it is not factored.
  func choice(for change: TensorChange) -> RankChoice? {
    change.isConvolution ? convolutionRank ?? rank : rank
  }
}
