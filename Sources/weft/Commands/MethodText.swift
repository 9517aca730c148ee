import WeftFormats
import WeftTensors

/// Merge methods as people and programs read them.
enum MethodText {
  /// A method with its formula and options.
  static func lines(_ method: MergeMethod) -> String {
    var lines = [
      "\(method.id): \(method.title)", "  \(method.formula)", "  models: \(models(method))",
    ]
    lines += method.options.map { "  option \(line($0))" }
    lines += method.modelOptions.map { "  of each model: \(line($0))" }
    return lines.joined(separator: "\n")
  }

  /// The same as JSON.
  static func json(_ method: MergeMethod) -> JSONValue {
    .object([
      "id": .string(method.id), "title": .string(method.title), "formula": .string(method.formula),
      "least_models": .integer(method.leastModelCount),
      "most_models": method.mostModelCount.map(JSONValue.integer),
      "base": .bool(method.needsBase), "options": .array(method.options.map(json)),
      "per_model": .array(method.modelOptions.map(json)),
    ])
  }

  private static func models(_ method: MergeMethod) -> String {
    let least = method.leastModelCount
    let count =
      method.mostModelCount.map { $0 == least ? "\(least)" : "\(least) to \($0)" }
      ?? "\(least) or more"
    return count + (method.needsBase ? ", and a base" : "")
  }

  private static func line(_ option: MergeOption) -> String {
    let standard = option.standard.map { ", \(text($0)) unless given" } ?? ""
    return "\(option.name): \(option.title) (\(option.wanted)\(standard))"
  }

  private static func json(_ option: MergeOption) -> JSONValue {
    .object([
      "name": .string(option.name), "title": .string(option.title),
      "type": .string(option.kind.rawValue), "least": option.least.map(JSONValue.number),
      "most": option.most.map(JSONValue.number),
      "choices": option.choices.isEmpty ? nil : .strings(option.choices),
      "default": option.standard.map(value),
    ])
  }

  private static func value(_ value: MergeOption.Value) -> JSONValue {
    switch value {
    case .number(let number): .number(number)
    case .integer(let number): .integer(number)
    case .flag(let flag): .bool(flag)
    case .word(let word): .string(word)
    }
  }

  private static func text(_ value: MergeOption.Value) -> String { self.value(value).compactText }
}
