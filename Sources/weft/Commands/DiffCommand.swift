import ArgumentParser
import WeftFiles
import WeftFormats
import WeftTensors
import WeftTransform
import WeftVerify

/// Compares two models.
struct DiffCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "diff",
    abstract: "Compare two models tensor by tensor, in structure and numbers.",
    discussion: """
      Tensors in different types or forms (blocks, 8-bit floats, small elements with scales beside them) are compared \
      by the values that they stand for. Exit code 0 when the tensors are equal, 1 when they differ.
      """)

  @Argument(help: "The first model.")
  var first: String

  @Argument(help: "The second model.")
  var second: String

  @Option(help: ArgumentHelp("Write the difference as an HTML page.", valueName: "file"))
  var html: String?

  @Flag(help: "Replace an existing page.")
  var force = false

  @OptionGroup(title: "Work") var threadOptions: ThreadOptions

  @OptionGroup(title: "Talk") var talk: TalkOptions

  func run() throws {
    let library = try FormatLibrary.embedded()
    let one = try Checkpoint.open(first).decoded(library)
    let other = try Checkpoint.open(second).decoded(library)
    let page = try html.map {
      try SmallFile(path: $0, replacing: force, inputs: one.files + other.files)
    }
    let display = talk.display(label: "diff", totalByteCount: one.byteCount + other.byteCount)
    let difference = try ModelDifference.between(
      one, other, threads: threadOptions.count
    ) { display.add($0) }
    display.finish()
    try page?.write(DifferencePage(difference, first: first, second: second).html)
    Console.printResult(
      talk.json ? difference.json.compactText : DiffText.text(difference))
    if !difference.isEqual { throw ExitCode(ExitStatus.answerIsNo.rawValue) }
  }
}
