import ArgumentParser
import WeftFormats
import WeftRecipes
import WeftTensors

/// A merge of one step, given by options instead of a recipe.
struct MethodOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The method; weft recipe methods lists them with their options.", valueName: "name"))
  var method: String?

  @Option(
    name: .customLong("model"), parsing: .singleValue,
    help: ArgumentHelp(
      "A model and its weight, or its options as in :weight=0.5,density=0.3; given again for each model.",
      valueName: "path[:weight]"))
  var models: [String] = []

  @Option(help: ArgumentHelp("The model that differences are measured from.", valueName: "path"))
  var base: String?

  @Option(
    name: .customLong("option"), parsing: .singleValue,
    help: ArgumentHelp(
      "An option of the method, as alpha=0.3; may be given again.", valueName: "name=value"))
  var options: [String] = []

  @Option(
    help: ArgumentHelp(
      "Other values of the method's main option by block: a preset such as GRAD_V, or 26 (SDXL: 20) numbers with commas "
        + "between.", valueName: "preset|numbers"))
  var blocks: String?

  /// Whether any of the options is given.
  var isUsed: Bool {
    method != nil || !models.isEmpty || base != nil || !options.isEmpty || blocks != nil
  }

  /// The recipe of one step that the options describe.
  func recipe(library: FormatLibrary) throws -> MergeRecipe {
    guard let method else { throw ValidationError("which method? add --method, or give a recipe") }
    guard let table = library.mergeMethod(method) else {
      throw ValidationError(
        "there is no method \(method); they are "
          + library.mergeMethods.map(\.id).joined(separator: ", "))
    }
    let arguments = try models.map { try ModelArgument($0, method: table) }
    var step = MergeStep(
      method: method,
      inputs: arguments.indices.map {
        MergeInput(RecipeReference(Self.name($0)), options: arguments[$0].options)
      },
      base: base.map { _ in RecipeReference("base") })
    for option in options { try Self.add(option, to: &step.options, of: table.options) }
    step.blocks = try blocks.map { try Self.blocks($0, of: table, library: library) }
    let rules = MergeStepRules(
      method: table, subject: "the merge", presets: library.mergePresets)
    if let misfit = rules.complete(&step, weights: arguments.map(\.weight)) {
      throw ValidationError("\(misfit.what): \(misfit.advice)")
    }
    var recipe = MergeRecipe(output: RecipeOutput(from: RecipeReference("merged")))
    recipe.models = arguments.enumerated().map { RecipeModel(name: Self.name($0), path: $1.path) }
    recipe.models += base.map { [RecipeModel(name: "base", path: $0)] } ?? []
    recipe.steps = [RecipeStep(name: "merged", action: .merge(step))]
    return recipe
  }

  /// The models are called a, b, c and so on, as the formulas call them.
  private static func name(_ index: Int) -> String {
    let letters = Array("abcdefghijklmnopqrstuvwxyz")
    return index < letters.count ? String(letters[index]) : "model\(index + 1)"
  }

  static func add(
    _ text: String, to values: inout [String: OptionValue], of options: [MergeOption]
  ) throws {
    let sides = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    let name = String(sides[0])
    guard let option = options.first(where: { $0.name == name }) else {
      let known = options.map(\.name).joined(separator: ", ")
      throw ValidationError(
        "the method has no option \(name)" + (known.isEmpty ? "" : "; it has \(known)"))
    }
    guard sides.count == 2, let value = option.value(Self.json(String(sides[1]))) else {
      throw ValidationError("\(name) must be \(option.wanted)")
    }
    guard values.updateValue(value, forKey: name) == nil else {
      throw ValidationError("\(name) is given twice")
    }
  }

  /// A word of the command line as the value that it looks like.
  private static func json(_ text: String) -> JSONValue {
    if text == "true" || text == "false" { return .bool(text == "true") }
    if let number = Int(text) { return .integer(number) }
    if let number = Double(text) { return .number(number) }
    return .string(text)
  }

  private static func blocks(
    _ text: String, of method: MergeMethod, library: FormatLibrary
  ) throws -> BlockChoice {
    guard method.blockOption != nil else {
      throw ValidationError("\(method.id) has no option that differs by block: leave --blocks out")
    }
    if library.mergePresets[text] != nil { return .preset(text) }
    let numbers = text.split(separator: ",", omittingEmptySubsequences: false).map { Double($0) }
    guard numbers.count > 1, numbers.allSatisfy({ $0?.isFinite ?? false }) else {
      throw ValidationError(
        "--blocks \(text) is neither numbers nor one of "
          + library.mergePresets.keys.sorted().joined(separator: ", "))
    }
    return .numbers(numbers.compactMap(\.self))
  }
}

/// `PATH`, `PATH:WEIGHT` or `PATH:NAME=VALUE,...`.
private struct ModelArgument {
  var path: String
  var weight: Double?
  var options: [String: OptionValue] = [:]

  init(_ argument: String, method: MergeMethod) throws {
    path = argument
    guard let colon = argument.lastIndex(of: ":") else { return }
    let suffix = argument[argument.index(after: colon)...]
    if let number = Double(suffix) {
      guard number.isFinite else { throw ValidationError("the weight \(suffix) is not finite") }
      path = String(argument[..<colon])
      weight = number
      if method.modelOption("weight") != nil { options["weight"] = .number(number) }
      return
    }
    let names = method.modelOptions.map(\.name)
    let pairs = suffix.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    // Text that is no option at all belongs to the path.
    guard pairs.contains(where: { pair in names.contains { pair.hasPrefix($0 + "=") } }) else {
      return
    }
    path = String(argument[..<colon])
    for pair in pairs { try MethodOptions.add(pair, to: &options, of: method.modelOptions) }
    weight = options["weight"]?.double
  }
}
