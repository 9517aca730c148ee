import ArgumentParser
import WeftFormats
import WeftTensors
import WeftTransform

/// Says whether files are safe to load.
struct ScanCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "scan",
    abstract: "Say whether files are safe to load: pickles are decoded, never executed.",
    discussion: """
      Exit code 0 when all files are safe, 1 when one is unsafe; when none is, 66 when a path is missing or cannot be
      opened, and otherwise 65 when a file cannot be read to its end.
      """)

  @Argument(help: ArgumentHelp("Files, and folders of files.", valueName: "path"))
  var paths: [String]

  @OptionGroup(title: "Talk") var talk: TalkOptions

  func run() throws {
    let report = try ScanReport.of(paths, names: FormatLibrary.embedded().pickleNames)
    Console.printResult(talk.json ? report.json.compactText : ScanText.text(report))
    if report.status != .success { throw ExitCode(report.status.rawValue) }
  }
}
