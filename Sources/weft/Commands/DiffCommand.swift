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

  @Option(help: ArgumentHelp("The number of threads (default: all cores).", valueName: "n"))
  var threads: Int?

  @OptionGroup(title: "Talk") var talk: TalkOptions

  func run() throws {
    let one = try Checkpoint.open(first)
    let other = try Checkpoint.open(second)
    let display = talk.display(label: "diff", totalByteCount: one.byteCount + other.byteCount)
    let difference = try ModelDifference.between(
      one, other, threads: threads ?? Environment.processorCount
    ) { display.add($0) }
    display.finish()
    if let html {
      let page = DifferencePage(difference, first: first, second: second)
      try SmallFile.write(page.html, to: html)
    }
    Console.printResult(
      talk.json ? difference.json.compactText : DiffText.text(difference))
    if !difference.isEqual { throw ExitCode(ExitStatus.answerIsNo.rawValue) }
  }
}
