/// What follows an adapter's path: a scale, `KEY=VALUE` pairs, or both, with commas between.
///
/// The keys are `unet`, `te` and `norm` for factors, `lbw` for block weights, `lbw-rest` for the weight of the blocks that
/// they do not name, and `lbw-resadapter` (0 or 1). Numbers after `lbw=` go on with its list, as in `lbw=1,0,0.5,te=1`.
struct AdapterParts {
  private static let keys = ["unet", "te", "norm", "lbw", "lbw-rest", "lbw-resadapter"]

  private let argument: String
  private var scale: Substring?
  private var pairs: [(key: String, value: String)] = []

  /// Takes a text apart; nil when it is no scale and no pairs, and so a part of a path.
  init?(_ text: Substring, argument: String) throws(RecipeError) {
    self.argument = argument
    var pieces = text.split(separator: ",", omittingEmptySubsequences: false)[...]
    if let first = pieces.first, Double(first) != nil { scale = pieces.popFirst() }
    for piece in pieces {
      let pair = piece.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      if pair.count == 2 {
        pairs.append((String(pair[0]), String(pair[1])))
      } else if let last = pairs.last, last.key == "lbw" {
        pairs[pairs.count - 1].value += "," + piece
      } else {
        return nil
      }
    }
    // An unknown key with a number is a mistake; with anything else it may well be a path.
    let areKnown = pairs.contains { Self.keys.contains($0.key) }
    guard scale != nil || areKnown || pairs.allSatisfy({ Double($0.value) != nil }) else {
      return nil
    }
    guard Set(pairs.map(\.key)).count == pairs.count else {
      throw RecipeError(argument: argument, what: "a part is given twice")
    }
  }

  /// Puts the values into a request.
  func apply(to request: inout AdapterRequest) throws(RecipeError) {
    if let scale {
      let value = try number(String(scale))
      request.unetScale = value
      request.textEncoderScale = value
    }
    for (key, value) in pairs {
      switch key {
      case "unet": request.unetScale = try number(value)
      case "te": request.textEncoderScale = try number(value)
      case "norm": request.normWeight = try number(value)
      case "lbw": request.blockWeights = try list(value)
      case "lbw-rest": request.blockRest = try number(value)
      case "lbw-resadapter": request.weighsResAdapter = try flag(value)
      default:
        throw RecipeError(
          argument: argument,
          what: "unknown part \"\(key)\"; the parts are \(Self.keys.joined(separator: ", "))")
      }
    }
    if request.blockWeights == nil, let pair = pairs.first(where: { $0.key.hasPrefix("lbw-") }) {
      throw RecipeError(argument: argument, what: "\(pair.key) is only for block weights: add lbw=")
    }
  }

  private func number(_ text: String) throws(RecipeError) -> Double {
    guard let value = Double(text) else {
      throw RecipeError(argument: argument, what: "\"\(text)\" is no number")
    }
    guard value.isFinite else {
      throw RecipeError(argument: argument, what: "\(text) is not finite")
    }
    return value
  }

  private func flag(_ text: String) throws(RecipeError) -> Bool {
    guard text == "0" || text == "1" else {
      throw RecipeError(argument: argument, what: "\"\(text)\" is neither 0 nor 1")
    }
    return text == "1"
  }

  private func list(_ text: String) throws(RecipeError) -> String {
    guard !text.isEmpty else { throw RecipeError(argument: argument, what: "lbw= is empty") }
    return text
  }
}
