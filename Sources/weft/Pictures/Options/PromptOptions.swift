import ArgumentParser
import WeftInference

/// What a picture shows, and how the words are read.
struct PromptOptions: ParsableArguments {
  @Option(
    name: .shortAndLong,
    help: ArgumentHelp(
      "What is wanted; - reads it from standard input.",
      discussion: """
        As in A1111: (word:1.2) weighs words, BREAK ends a part of 75 tokens, [from:to:0.5] changes with the steps, \
        [a|b] in turns, AND joins prompts, <lora:name:0.8> takes an adapter from --adapter-dir.
        """, valueName: "text"))
  var prompt: String?

  @Option(
    name: [.customShort("n"), .long, .customLong("negative-prompt")],
    help: ArgumentHelp("What is not wanted.", valueName: "text"))
  var negative: String?

  @Option(
    help: ArgumentHelp(
      "How prompts are read: a1111, comfyui or plain, which takes them word for word as diffusers does (default: a1111).",
      valueName: "style"))
  var promptStyle: PromptStyle?

  @Option(
    help: ArgumentHelp(
      "The layer of the text encoder that is used, counted from the last, which is 1.",
      valueName: "n"))
  var clipSkip: Int?

  @Option(
    parsing: .singleValue,
    help: ArgumentHelp(
      "A textual inversion, whose word is its file's name; may be given again.", valueName: "path"))
  var embedding: [String] = []

  @Option(
    name: [.long, .customLong("embd-dir")],
    help: ArgumentHelp(
      "A folder of textual inversions, of which prompts take those that they name.",
      valueName: "folder"))
  var embeddingDir: String?

  @Option(
    name: [.long, .customLong("lora-model-dir")],
    help: ArgumentHelp(
      "The folder of the adapters that prompts may name as <lora:name:scale>.",
      valueName: "folder"))
  var adapterDir: String?

  func validate() throws {
    if let clipSkip, !(1...12).contains(clipSkip) {
      throw ValidationError("--clip-skip must be from 1, the last layer, to 12, not \(clipSkip)")
    }
  }

  /// What is set.
  ///
  /// - Throws: for text that is not UTF-8.
  func apply(to settings: inout PictureSettings) throws {
    settings.prompt = try prompt.map(PromptArgument.text)
    settings.negative = try negative.map(PromptArgument.text)
    settings.promptStyle = promptStyle?.rawValue
    settings.clipSkip = clipSkip
  }
}
