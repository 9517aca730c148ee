import ArgumentParser
import WeftFormats
import WeftTensors
import WeftTransform

/// Says what a file is.
struct InspectCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "inspect",
    abstract: "Say what a model or adapter is, from its header alone.")

  @Argument(help: "A safetensors, GGUF or torch file, a shard index, or a folder.")
  var path: String

  @Flag(help: "List every tensor with its type, shape and size.")
  var tensors = false

  @OptionGroup(title: "Talk") var talk: TalkOptions

  func run() throws {
    let inspection = try Inspection.of(path, library: .embedded())
    Console.printResult(
      talk.json
        ? inspection.json(listingTensors: tensors).compactText
        : InspectText.text(inspection, listingTensors: tensors))
  }
}
