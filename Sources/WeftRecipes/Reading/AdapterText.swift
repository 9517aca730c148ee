/// The short form of an adapter: `PATH`, `PATH:SCALE` or `PATH:KEY=NUMBER,...`, as on the command line.
struct AdapterText {
  let origin: RecipeOrigin
  let position: SourcePosition?

  /// Text after the last colon that is neither a number nor such pairs belongs to the path.
  func adapter(_ text: String) throws(RecipeProblem) -> RecipeAdapter {
    guard let colon = text.lastIndex(of: ":"), colon != text.startIndex else {
      return RecipeAdapter(path: text)
    }
    let suffix = text[text.index(after: colon)...]
    var adapter = RecipeAdapter(path: String(text[..<colon]))
    if let scale = Double(suffix) {
      adapter.unetScale = try finite(scale, suffix)
      adapter.textEncoderScale = scale
      return adapter
    }
    let pairs = suffix.split(separator: ",", omittingEmptySubsequences: false)
      .map { $0.split(separator: "=", omittingEmptySubsequences: false) }
    guard pairs.allSatisfy({ $0.count == 2 && ($0[0] == "lbw" || Double($0[1]) != nil) }) else {
      return RecipeAdapter(path: text)
    }
    try apply(pairs, to: &adapter)
    return adapter
  }

  private func apply(
    _ pairs: [[Substring]], to adapter: inout RecipeAdapter
  ) throws(RecipeProblem) {
    guard Set(pairs.map { $0[0] }).count == pairs.count else {
      throw malformed("a part of an adapter's scale is given twice")
    }
    for pair in pairs {
      if pair[0] == "lbw" {
        adapter.blockWeights = String(pair[1])
        continue
      }
      guard let number = Double(pair[1]) else { continue }
      let value = try finite(number, pair[1])
      switch pair[0] {
      case "unet": adapter.unetScale = value
      case "te": adapter.textEncoderScale = value
      case "norm": adapter.normWeight = value
      default: throw malformed("unknown part '\(pair[0])' of an adapter's scale")
      }
    }
  }

  private func finite(_ number: Double, _ text: Substring) throws(RecipeProblem) -> Double {
    guard number.isFinite else { throw malformed("the scale \(text) is not finite") }
    return number
  }

  private func malformed(_ what: String) -> RecipeProblem {
    origin.malformed(
      what, at: position, advice: "write PATH:NUMBER, or pairs such as PATH:unet=0.8,te=0.5,norm=1")
  }
}
