/// An option of a merge method: its type, range and default.
package struct MergeOption: Sendable, Equatable {
  /// The types of options.
  package enum Kind: String, Sendable {
    /// A finite number.
    case number
    /// A whole number.
    case integer
    /// True or false.
    case flag
    /// One of several words.
    case choice
  }

  /// A value of any kind.
  package enum Value: Sendable, Hashable {
    /// A finite number.
    case number(Double)
    /// A whole number, such as a seed.
    case integer(Int)
    /// Yes or no.
    case flag(Bool)
    /// One of the words that the option allows.
    case word(String)
  }

  /// The name in recipes.
  package let name: String
  /// What it is, in a few words.
  package let title: String
  /// The type of its values.
  package let kind: Kind
  /// The least number, or nil.
  package let least: Double?
  /// The largest number, or nil.
  package let most: Double?
  /// The words of a choice.
  package let choices: [String]
  /// The value when none is given; nil when one must be.
  package let standard: Value?
  /// Whether tensors can have values of their own.
  package let variesByTensor: Bool

  /// Makes an option.
  package init(
    name: String, title: String, kind: Kind, least: Double? = nil, most: Double? = nil,
    choices: [String] = [], standard: Value? = nil, variesByTensor: Bool = false
  ) {
    self.name = name
    self.title = title
    self.kind = kind
    self.least = least
    self.most = most
    self.choices = choices
    self.standard = standard
    self.variesByTensor = variesByTensor
  }

  /// Whether a number lies in the option's range.
  package func allows(_ number: Double) -> Bool {
    number.isFinite && (least ?? number) <= number && number <= (most ?? number)
  }

  /// What its values must be, in words such as `a number from 0 to 1`.
  package var wanted: String {
    switch kind {
    case .flag: "true or false"
    case .choice: "one of " + choices.joined(separator: ", ")
    case .number: (least == nil && most == nil ? "a finite number" : "a number") + range
    case .integer: "a whole number" + range
    }
  }

  private var range: String {
    switch (least, most) {
    case (let least?, let most?): " from \(Self.text(least)) to \(Self.text(most))"
    case (let least?, nil): " not below \(Self.text(least))"
    case (nil, let most?): " not above \(Self.text(most))"
    case (nil, nil): ""
    }
  }

  private static func text(_ number: Double) -> String {
    Int(exactly: number).map(String.init) ?? number.description
  }
}

extension MergeOption.Value {
  /// The value as a number; nil for flags and words.
  package var double: Double? {
    switch self {
    case .number(let value): value
    case .integer(let value): Double(value)
    case .flag, .word: nil
    }
  }

  /// The value of a whole number; nil for other kinds.
  package var integer: Int? { if case .integer(let value) = self { value } else { nil } }
  /// The value of a flag; nil for other kinds.
  package var flag: Bool? { if case .flag(let value) = self { value } else { nil } }
  /// The value of a word; nil for other kinds.
  package var word: String? { if case .word(let value) = self { value } else { nil } }
}
