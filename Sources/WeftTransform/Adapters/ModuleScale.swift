import WeftFiles
import WeftTensors

extension ModuleInHand {
  /// Alpha over rank; a stored scale wins over alpha, and without either the factors are taken as they are.
  ///
  /// Rank-stabilised files of LyCORIS have it in their alpha; PEFT has it in its configuration.
  func scale(rank: Int) throws -> Double {
    if let scale = tensors["scale"] { return try scale.scalar() }
    if let alpha = try tensors["alpha"]?.scalar() {
      return alpha == 0 ? try scaleOfZero() : alpha / Double(rank)
    }
    guard let config else { return 1 }
    if let stated = config.rank, stated != rank {
      throw refused(
        "its rank is \(rank), but its configuration says \(stated)",
        advice: "get the adapter again from its source")
    }
    return config.alpha == 0
      ? try scaleOfZero() : config.scale(rank: rank)
  }

  private func scaleOfZero() throws -> Double {
    switch recipe.alphaZero {
    case .rank: return 1
    case .zero: return 0
    case .refused:
      throw refused(
        "its alpha is 0, which trainers take as the rank and other programs as no change",
        advice: "choose with --alpha-zero rank or --alpha-zero zero")
    }
  }
}
