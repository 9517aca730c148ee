import ArgumentParser
import WeftFiles
import WeftTensors
import WeftVerify

/// Compares two models.
struct DiffCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "diff",
    abstract: "Compare two models tensor by tensor, in structure and numbers.",
    discussion: "Exit code 0 when the tensors are equal, 1 when they differ.")

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
    let one = try Checkpoint.open(first)
    let other = try Checkpoint.open(second)
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
