import ArgumentParser
import WeftTransform

/// How a model is quantised, for every command that writes one.
struct QuantizeOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Write what was decided and lost as an HTML page with plots.", valueName: "file"))
  var html: String?

  @Option(
    parsing: .singleValue,
    help: ArgumentHelp(
      "The type of the tensors whose names match, or keep; may be given again, the first that matches decides.",
      valueName: "glob=type"))
  var rule: [Rule] = []

  @Option(
    help: ArgumentHelp(
      "Column weights for the encoders: an importance matrix of llama.cpp, .dat or GGUF.",
      valueName: "file"))
  var imatrix: String?

  @Option(
    name: .customLong("recipe"),
    help: ArgumentHelp(
      "Whose bytes: ggml (the reference encoders) or sdcpp (as stable-diffusion.cpp calls them).",
      valueName: "encoder"))
  var encoder: QuantizationRecipe.Encoder = .ggml

  @Option(
    name: .customLong("for"),
    help: ArgumentHelp(
      "Who reads the GGUF: comfyui, sdcpp or generic; it decides which tensors stay in higher precision.",
      valueName: "reader"))
  var reader: Reader?

  @Flag(help: "Quantise tensors again that are quantised already.")
  var requantize = false

  @Flag(help: "Clamp what is beyond the greatest 8-bit value, instead of what torch makes of it.")
  var saturate = false

  /// The values of `--for`.
  enum Reader: String, ExpressibleByArgument, CaseIterable {
    case comfyui, sdcpp, generic
  }

  /// A `--rule`.
  struct Rule: ExpressibleByArgument {
    let rule: QuantizationRecipe.Rule

    init?(argument: String) {
      guard let split = argument.lastIndex(of: "="), split != argument.startIndex else {
        return nil
      }
      let type = argument[argument.index(after: split)...].lowercased()
      guard !type.isEmpty else { return nil }
      rule = QuantizationRecipe.Rule(pattern: String(argument[..<split]), type: type)
    }
  }

  /// Throws when a page is asked for and there will be no run, or more than one.
  func requirePage(hasOneRun: Bool) throws {
    if html != nil, !hasOneRun {
      throw ValidationError("--html needs one run: leave --plan and --sweep out")
    }
  }

  /// Whether any option is given that needs a type.
  private var isUsed: Bool {
    html != nil || !rule.isEmpty || imatrix != nil || encoder != .ggml || reader != nil
      || requantize || saturate
  }

  /// The recipe for a type; without one the options must not be given.
  func recipe(type: String?, option: String) throws -> QuantizationRecipe? {
    guard let type else {
      guard !isUsed else {
        throw ValidationError("the options of quantisation need a type: add \(option)")
      }
      return nil
    }
    var recipe = QuantizationRecipe(type: type.lowercased())
    recipe.rules = rule.map(\.rule)
    recipe.importancePath = imatrix
    recipe.encoder = encoder
    recipe.policy = reader?.rawValue
    recipe.requantizes = requantize
    recipe.saturates = saturate
    return recipe
  }
}

extension QuantizationRecipe.Encoder: ExpressibleByArgument {}

/// `--quantize`, for the commands that do something else first.
struct QuantizeAfterOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Quantise the result in the same pass, to a type as weft quantize has them.",
      valueName: "type"))
  var quantize: String?

  @OptionGroup var options: QuantizeOptions

  func validate() throws { _ = try recipe }

  /// The recipe; nil when nothing is quantised.
  var recipe: QuantizationRecipe? {
    get throws { try options.recipe(type: quantize, option: "--quantize TYPE") }
  }
}
