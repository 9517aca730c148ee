package import WeftTensors

/// An adapter that the user asked for, and how strongly each part of the model takes it.
package struct AdapterRequest: Sendable, Equatable {
  /// The adapter's file or folder.
  package var path: String
  /// The factor of every change to the UNet.
  package var unetScale = 1.0
  /// The factor of every change to the text encoders.
  package var textEncoderScale = 1.0
  /// The weight of a ResAdapter's norms for `lerp` and `delta`.
  package var normWeight = 1.0

  /// Makes a request at full strength.
  package init(path: String) {
    self.path = path
  }

  /// Reads `PATH`, `PATH:SCALE` or `PATH:KEY=NUMBER,...` with the keys `unet`, `te` and `norm`.
  ///
  /// Text after the last colon that is neither a number nor such pairs belongs to the path.
  package init(argument: String) throws(RecipeError) {
    self.init(path: argument)
    guard let colon = argument.lastIndex(of: ":") else { return }
    let suffix = argument[argument.index(after: colon)...]
    let isScale = try applyScale(suffix)
    let arePairs = isScale ? false : try applyPairs(suffix)
    if isScale || arePairs { path = String(argument[..<colon]) }
    if path.isEmpty { throw RecipeError(argument: argument, what: "the path is empty") }
  }

  private mutating func applyScale(_ text: Substring) throws(RecipeError) -> Bool {
    guard let scale = Double(text) else { return false }
    guard scale.isFinite else { throw RecipeError(argument: path, what: "\(text) is not finite") }
    unetScale = scale
    textEncoderScale = scale
    return true
  }

  private mutating func applyPairs(_ text: Substring) throws(RecipeError) -> Bool {
    let pairs = text.split(separator: ",", omittingEmptySubsequences: false)
    let split = pairs.map { $0.split(separator: "=", omittingEmptySubsequences: false) }
    guard split.allSatisfy({ $0.count == 2 && Double($0[1]) != nil }) else { return false }
    guard Set(split.map { $0[0] }).count == split.count else {
      throw RecipeError(argument: path, what: "a part is given twice")
    }
    for pair in split {
      guard let value = Double(pair[1]), value.isFinite else {
        throw RecipeError(argument: path, what: "\(pair[1]) is not finite")
      }
      switch pair[0] {
      case "unet": unetScale = value
      case "te": textEncoderScale = value
      case "norm": normWeight = value
      default:
        throw RecipeError(
          argument: path, what: "unknown part \"\(pair[0])\"; the parts are unet, te and norm")
      }
    }
    return true
  }

  /// The factor of changes to a component.
  package func scale(component: String) -> Double {
    component.hasPrefix("text_encoder") ? textEncoderScale : unetScale
  }
}

/// A recipe that cannot be understood.
package struct RecipeError: ActionableError, Equatable {
  /// The argument.
  package let argument: String
  /// What is wrong with it.
  package let what: String

  /// Makes an error about an argument.
  package init(argument: String, what: String) {
    self.argument = argument
    self.what = what
  }

  /// A usage error.
  package var status: ExitStatus { .usage }
  /// The argument.
  package var place: String? { argument }
  /// What to do next.
  package var advice: String { "see weft fuse --help" }
}
