/// The short form of an adapter: a path, and after its last colon a scale, `KEY=VALUE` pairs or both with commas between,
/// as on the command line: `PATH:0.8,te=0.5,lbw=1,0,0.5`.
struct AdapterText {
  private static let keys = ["unet", "te", "norm", "lbw", "lbw-rest", "lbw-resadapter"]

  let origin: RecipeOrigin
  let position: SourcePosition?

  /// The adapter of a text; what follows the last colon and is no such part belongs to the path.
  func adapter(_ text: String) throws(RecipeProblem) -> RecipeAdapter {
    guard let colon = text.lastIndex(of: ":"), colon != text.startIndex,
      let parts = parts(text[text.index(after: colon)...])
    else { return RecipeAdapter(path: text) }
    guard Set(parts.map(\.key)).count == parts.count else {
      throw malformed("a part of an adapter's scale is given twice")
    }
    var adapter = RecipeAdapter(path: String(text[..<colon]))
    // The scale of all comes first, since it stands for unet and te.
    for part in parts { try apply(part, to: &adapter) }
    if adapter.blockWeights == nil, let part = parts.first(where: { $0.key.hasPrefix("lbw-") }) {
      throw origin.refused(
        "'\(part.key)' is only for block weights", at: position, advice: "add lbw=")
    }
    return adapter
  }

  /// The parts of a suffix, a scale under the key `scale`; nil when it is a part of a path.
  private func parts(_ suffix: Substring) -> [(key: String, value: String)]? {
    var pieces = suffix.split(separator: ",", omittingEmptySubsequences: false)[...]
    var parts: [(key: String, value: String)] = []
    if let first = pieces.first, Double(first) != nil {
      parts.append(("scale", String(first)))
      pieces.removeFirst()
    }
    for piece in pieces {
      let pair = piece.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      if pair.count == 2 {
        parts.append((String(pair[0]), String(pair[1])))
      } else if let last = parts.last, last.key == "lbw" {
        parts[parts.count - 1].value += "," + piece
      } else {
        return nil
      }
    }
    // An unknown key with a number is a mistake; with anything else it may well be a path.
    let isScale = parts.contains { $0.key == "scale" || Self.keys.contains($0.key) }
    return isScale || parts.allSatisfy { Double($0.value) != nil } ? parts : nil
  }

  private func apply(
    _ part: (key: String, value: String), to adapter: inout RecipeAdapter
  ) throws(RecipeProblem) {
    switch part.key {
    case "scale":
      adapter.unetScale = try number(part)
      adapter.textEncoderScale = adapter.unetScale
    case "unet": adapter.unetScale = try number(part)
    case "te": adapter.textEncoderScale = try number(part)
    case "norm": adapter.normWeight = try number(part)
    case "lbw": adapter.blockWeights = part.value
    case "lbw-rest": adapter.blockRest = try number(part)
    case "lbw-resadapter": adapter.weighsResAdapter = try flag(part)
    default: throw malformed("unknown part '\(part.key)' of an adapter's scale")
    }
  }

  private func number(_ part: (key: String, value: String)) throws(RecipeProblem) -> Double {
    guard let number = Double(part.value), number.isFinite else {
      throw malformed("'\(part.key)' of an adapter is '\(part.value)', no finite number")
    }
    return number
  }

  private func flag(_ part: (key: String, value: String)) throws(RecipeProblem) -> Bool {
    guard part.value == "0" || part.value == "1" else {
      throw malformed("'\(part.key)' of an adapter is '\(part.value)', neither 0 nor 1")
    }
    return part.value == "1"
  }

  private func malformed(_ what: String) -> RecipeProblem {
    origin.malformed(
      what, at: position, advice: "write PATH:NUMBER, or pairs such as PATH:unet=0.8,te=0.5,norm=1")
  }
}
