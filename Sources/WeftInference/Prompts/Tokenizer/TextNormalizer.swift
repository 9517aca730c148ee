import Foundation

/// Brings a text in the form that the tokenizer's words are cut from, as the tokenizer of Hugging Face does: composed
/// characters, single spaces, small letters code point by code point.
///
/// Source: https://github.com/huggingface/transformers/blob/v4.57.1/src/transformers/convert_slow_tokenizer.py
enum TextNormalizer {
  /// The code points of a text in that form.
  static func normalized(_ text: some StringProtocol) -> [Unicode.Scalar] {
    // Nothing below U+0300 is changed by composing (Unicode Standard Annex 15, 9.1).
    let isComposed = text.unicodeScalars.allSatisfy { $0.value < 0x300 }
    var result: [Unicode.Scalar] = []
    result.reserveCapacity(text.utf8.count)
    if isComposed {
      for scalar in text.unicodeScalars { append(scalar, to: &result) }
    } else {
      let composed = text.precomposedStringWithCanonicalMapping
      for scalar in composed.unicodeScalars { append(scalar, to: &result) }
    }
    return result
  }

  private static func append(_ scalar: Unicode.Scalar, to result: inout [Unicode.Scalar]) {
    if CharacterClass(scalar) == .space {
      if result.last != " " { result.append(" ") }
    } else if scalar.isASCII {
      let isCapital = ("A"..."Z").contains(scalar)
      result.append(isCapital ? Unicode.Scalar(UInt8(scalar.value) + 32) : scalar)
    } else {
      result += scalar.properties.lowercaseMapping.unicodeScalars
    }
  }
}

/// What a code point is to the words of the tokenizer.
enum CharacterClass: Sendable {
  case letter, number, space, other

  /// The version of Unicode that the tokenizer of Hugging Face knows; what came later is no letter to it, and a text must
  /// not get other tokens where this program is built with later tables.
  private static let unicodeVersion = 16

  init(_ scalar: Unicode.Scalar) {
    switch scalar {
    case "a"..."z", "A"..."Z": self = .letter
    case "0"..."9": self = .number
    case " ", "\t"..."\r": self = .space
    case let ascii where ascii.isASCII: self = .other
    default: self.init(beyondASCII: scalar.properties)
    }
  }

  private init(beyondASCII properties: Unicode.Scalar.Properties) {
    guard let age = properties.age, age.major <= Self.unicodeVersion else {
      self = .other
      return
    }
    switch properties.generalCategory {
    case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter:
      self = .letter
    case .decimalNumber, .letterNumber, .otherNumber: self = .number
    default: self = properties.isWhitespace ? .space : .other
    }
  }
}
