import WeftTensors

extension RecipeReader {
  private static let outputKeys = [
    "from", "dtype", "layout", "vae", "prune", "ema", "allow_unmatched", "quantization",
  ]
  /// What `from` is until the linker chooses: no name is empty.
  static let unchosen = RecipeReference("")

  /// The form of the result; every key may be left out.
  func output(_ node: RecipeNode?) throws(RecipeProblem) -> RecipeOutput {
    guard let node else { return RecipeOutput(from: Self.unchosen) }
    let object = try RecipeObject(node, "'output'", keys: Self.outputKeys, origin: origin)
    var output = RecipeOutput(from: try object.reference("from") ?? Self.unchosen)
    let dtypes = RecipeOutput.dtypes
    let dtype = try object.word("dtype", of: ["keep"] + dtypes.map(\.word))
    output.dtype = dtypes.first { $0.word == dtype }?.dtype
    let layout = try object.word("layout", of: ["keep"] + RecipeOutput.layouts)
    output.layout = layout == "keep" ? nil : layout
    output.vae = try object.reference("vae")
    output.averages = try averages(object) ?? .keep
    output.isPruned = try object.flag("prune") ?? false
    output.allowedUnmatched = try object.texts("allow_unmatched")
    output.quantization = try quantization(object["quantization"])
    return output
  }
}
