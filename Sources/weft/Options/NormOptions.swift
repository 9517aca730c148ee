import ArgumentParser
import WeftTransform

/// What becomes of the norms that a ResAdapter brings.
struct NormOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "What a ResAdapter's norms do: replace, lerp, delta or skip.", valueName: "mode"))
  var norm: NormMode = .replace

  @Option(help: ArgumentHelp("The stock model for --norm delta.", valueName: "file"))
  var normBase: String?

  func validate() throws {
    if norm == .delta, normBase == nil {
      throw ValidationError("--norm delta needs the stock model: add --norm-base FILE")
    }
    if norm != .delta, normBase != nil {
      throw ValidationError("--norm-base is only for --norm delta")
    }
  }

  /// Whether norms have weights.
  var weighs: Bool { norm == .lerp || norm == .delta }

  /// Puts the options into a recipe.
  ///
  /// - Throws: for weights of norms that have none.
  func apply(to recipe: inout FuseRecipe) throws {
    if !weighs, recipe.adapters.contains(where: { $0.normWeight != 1 }) {
      throw ValidationError(
        "norm= is the weight of --norm lerp and delta; with \(norm) it is unused")
    }
    recipe.normMode = norm
    recipe.normBasePath = normBase
  }
}

extension NormMode: ExpressibleByArgument {}
