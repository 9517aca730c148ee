package import WeftTensors

/// Everything that decides an adapter that is resized.
package struct ResizeRecipe: Sendable {
  /// The adapter.
  package var path: String
  /// The rank of its modules.
  package var rank: RankChoice
  /// The rank of convolutions of more than one tap; nil for that of the others.
  package var convolutionRank: RankChoice?
  /// The type of resized factors; nil keeps each module's own.
  package var dtype: DType?

  /// Makes a recipe with every option at its default.
  package init(path: String, rank: RankChoice) {
    self.path = path
    self.rank = rank
  }
}
