import ArgumentParser
import WeftFormats
import WeftInference
import WeftTensors

/// Shows what the text encoders of a model get of a prompt.
struct TokenizeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "tokenize",
    abstract: "Show the tokens, weights and chunks of a prompt.",
    discussion: """
      Prints each token with the text that it stands for and with its weight, chunk by chunk, as txt2img would encode the \
      prompt: with emphasis, schedules, AND and BREAK in the style of the web UI, emphasis in that of ComfyUI, and with \
      everything as text in the plain style, which is that of diffusers.

      With --json: {"model", "style", "steps", "adapters": [{"name", "unet", "text_encoder"}], "prompts": [{"weight", \
      "texts": [{"text", "last_steps": [N], "chunks": [{"tokens": [{"id", "text", "weight"}], "ids": {"text_encoder": \
      [77 numbers], ...}}]}]}], "notes"}. A text is taken up to and with each of its last steps; the first step is 0.
      """)

  @Argument(help: ArgumentHelp("The prompt, or - for standard input.", valueName: "text"))
  var prompt: String

  @Option(
    help: ArgumentHelp(
      "The architecture whose text encoders are asked: sd15, sd2, sdxl or sdxl-refiner.",
      valueName: "name"))
  var model = "sd15"

  @Option(help: ArgumentHelp("Whose way of writing prompts is followed.", valueName: "style"))
  var promptStyle: PromptStyle = .a1111

  @Option(help: ArgumentHelp("The number of steps, for what changes with them.", valueName: "n"))
  var steps = 20

  @OptionGroup(title: "Talk") var talk: TalkOptions

  func validate() throws {
    guard (1...100_000).contains(steps) else {
      throw ValidationError("--steps must be from 1 to 100000")
    }
  }

  func run() throws {
    let text = try PromptArgument.text(prompt)
    let library = try FormatLibrary.embedded()
    let rules = try self.rules(library)
    let tagged = try promptStyle == .a1111 ? TaggedPrompt(text) : nil
    let prompts = try PromptTokenizer(
      CLIPTokenizer(library), style: promptStyle, length: rules.length)
    let plans = try prompts.plans(of: tagged?.text ?? text, steps: steps)
    let shown = TokenizedText(
      command: self, prompts: prompts, encoders: rules.encoders, plans: plans,
      adapters: tagged?.adapters ?? [], notes: (tagged?.notes ?? []) + plans.flatMap(\.notes))
    if !talk.json, !talk.quiet { for note in shown.notes { Console.warn(note) } }
    Console.printResult(talk.json ? shown.json.compactText : shown.lines.joined(separator: "\n"))
  }

  /// What the architecture takes of its text encoders, and the number of tokens that they take.
  private func rules(
    _ library: FormatLibrary
  ) throws -> (encoders: [TextRules.Encoder], length: Int) {
    let known = library.architectures.filter {
      ((try? library.textRules($0).encoders) ?? []).isEmpty == false
    }
    guard let architecture = known.first(where: { $0.id == model }) else {
      throw ValidationError(
        "there is no architecture '\(model)' with text encoders; "
          + NearestName.advice(model, among: known.map(\.id)))
    }
    let encoders = try library.textRules(architecture).encoders
    let dimensions = try encoders.first.map {
      try architecture.component($0.component)?.dimensions() ?? [:]
    }
    guard case .integer(let length)? = dimensions?["tokens"] else {
      throw FormatError.malformed(
        file: "architectures/\(model).json", what: "the text encoder has no number of tokens")
    }
    return (encoders, length)
  }
}

extension PromptStyle: ExpressibleByArgument {}
