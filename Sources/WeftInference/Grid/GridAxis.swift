import WeftTensors
import WeftTransform

/// One direction of a grid: a setting, and the values that it takes.
package struct GridAxis: Sendable, Hashable {
  /// What varies.
  package let key: Key
  /// The values as they were written.
  package let values: [String]

  /// The settings that a grid can vary.
  package enum Key: String, Sendable, CaseIterable {
    /// The scale of all adapters; at 0 they are left out.
    case adapterScale = "adapter-scale"
    case size, seed, sampler, schedule, steps
    case cfgScale = "cfg-scale"
    case cfgRescale = "cfg-rescale"
    case model, prompt, negative
    case clipSkip = "clip-skip"

    /// Whether its values are numbers, which may be given as FIRST:LAST:STEP.
    var isNumeric: Bool {
      switch self {
      case .adapterScale, .seed, .steps, .cfgScale, .cfgRescale, .clipSkip: true
      case .size, .sampler, .schedule, .model, .prompt, .negative: false
      }
    }
  }

  /// Names an axis.
  package init(_ key: Key, values: [String]) { (self.key, self.values) = (key, values) }

  /// Reads `KEY=VALUE,VALUE,...`; a value in quotes may have commas, numbers may be `FIRST:LAST:STEP`.
  ///
  /// - Throws: for unknown keys, values of another kind, and none.
  package init(argument: String) throws(InferenceError) {
    guard let mark = argument.firstIndex(of: "=") else {
      throw Self.refusal(argument, "an axis is KEY=VALUE,VALUE,...")
    }
    let name = argument[..<mark]
    guard let key = Key(rawValue: String(name)) else {
      let known = Key.allCases.map(\.rawValue).joined(separator: ", ")
      throw Self.refusal(argument, "there is no setting '\(name)'; there are \(known)")
    }
    var values: [String] = []
    for value in Self.split(argument[argument.index(after: mark)...]) {
      values += key.isNumeric ? try Self.numbers(value, argument) : [value]
    }
    guard !values.isEmpty, values.allSatisfy({ !$0.isEmpty || key == .negative }) else {
      throw Self.refusal(argument, "a value is missing")
    }
    guard values.count <= Self.limit else {
      throw Self.refusal(argument, "\(values.count) values are more than \(Self.limit)")
    }
    self.init(key, values: values)
    for value in values { try check(value, argument) }
  }

  /// The most values of an axis: each is at least one picture.
  private static let limit = 100

  /// Splits at commas outside of quotes; two quotes inside of some stand for one.
  private static func split(_ text: Substring) -> [String] {
    var (values, isQuoted): ([String], Bool) = ([""], false)
    for character in text {
      switch character {
      case "\"": isQuoted.toggle()
      case "," where !isQuoted: values.append("")
      default: values[values.count - 1].append(character)
      }
    }
    return values
  }

  private static func numbers(
    _ text: String, _ argument: String
  ) throws(InferenceError) -> [String] {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    let numbers = parts.compactMap { DecimalNumber(String($0)) }
    guard numbers.count == parts.count, [1, 3].contains(parts.count) else {
      throw refusal(argument, "'\(text)' is no number and not FIRST:LAST:STEP")
    }
    guard parts.count == 3 else { return [text] }
    guard let steps = DecimalNumber.steps(from: numbers[0], to: numbers[1], by: numbers[2]) else {
      throw refusal(argument, "the steps of '\(text)' do not come to its end")
    }
    return steps.map(\.text)
  }

  private static func refusal(_ argument: String, _ what: String) -> InferenceError {
    InferenceError(
      status: .usage, what: what, place: "--axis '\(argument)'",
      advice: "an axis is such as seed=1,2,3 or size=512x512,768x512")
  }

  /// Refuses a value that its setting cannot take.
  private func check(_ value: String, _ argument: String) throws(InferenceError) {
    var settings = PictureSettings()
    guard apply(value, to: &settings) else {
      throw Self.refusal(argument, "'\(value)' is no \(key.rawValue)")
    }
  }
}

extension GridAxis {
  /// Puts a value into settings; false when it is of another kind.
  ///
  /// Models and adapters are not among the settings.
  package func apply(_ value: String, to settings: inout PictureSettings) -> Bool {
    switch key {
    case .adapterScale: return Double(value) != nil
    case .model: return true
    case .size:
      let sides = value.lowercased().split(separator: "x").compactMap { Int($0) }
      guard sides.count == 2,
        sides.allSatisfy({ PictureSettings.sides.contains($0) && $0 % LatentCoder.factor == 0 })
      else { return false }
      (settings.width, settings.height) = (sides[0], sides[1])
      return true
    case .seed:
      settings.seed = Int(value)
      return settings.seed.map { $0 >= 0 } ?? false
    case .steps:
      settings.steps = Int(value)
      return settings.steps.map { (1...1000).contains($0) } ?? false
    case .clipSkip:
      settings.clipSkip = Int(value)
      return settings.clipSkip.map { (1...12).contains($0) } ?? false
    case .cfgScale:
      settings.guidance = Double(value)
      return settings.guidance.map { (0...100).contains($0) } ?? false
    case .cfgRescale:
      settings.guidanceRescale = Double(value)
      return settings.guidanceRescale.map { (0...1).contains($0) } ?? false
    case .sampler: settings.sampler = value
    case .schedule: settings.schedule = value
    case .prompt: settings.prompt = value
    case .negative: settings.negative = value
    }
    return true
  }

  /// What varies, in words.
  package var title: String {
    let words = key.rawValue.replacing("-", with: " ").replacing("cfg", with: "CFG")
    return words.prefix(1).uppercased() + words.dropFirst()
  }

  /// A value in words, as the grid's labels have it.
  package func label(_ value: String) -> String {
    switch key {
    case .size: value.lowercased().replacing("x", with: " × ")
    case .adapterScale where Double(value) == 0: "without"
    case .negative where value.isEmpty: "none"
    case .model: ResourceHash.name(of: value)
    default: value
    }
  }
}
