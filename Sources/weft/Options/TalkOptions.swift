import ArgumentParser
import WeftTransform

/// How a command talks: shared by all of them.
struct TalkOptions: ParsableArguments {
  @Flag(help: "Print exactly one JSON object on standard output.")
  var json = false

  @Flag(name: .shortAndLong, help: "Print no progress and no summary.")
  var quiet = false

  @Flag(help: "Print without colours and control sequences; NO_COLOR does the same.")
  var noColor = false

  @Option(help: ArgumentHelp("How progress is printed: auto or jsonl.", valueName: "style"))
  var progress: ProgressStyle = .auto

  /// The values of `--progress`.
  enum ProgressStyle: String, ExpressibleByArgument, CaseIterable {
    case auto, jsonl
  }

  /// The display that these options ask for.
  func display(label: String, totalByteCount: Int) -> ProgressDisplay {
    ProgressDisplay(style: style, label: label, total: totalByteCount)
  }

  /// The display of things that are counted by a word, such as runs.
  func display(label: String, total: Int, of word: String) -> ProgressDisplay {
    ProgressDisplay(style: style, label: label, total: total, unit: .items(word))
  }

  /// The display of bytes that are written for a number of things, such as models.
  func display(
    label: String, totalByteCount: Int, count: Int, of word: String
  ) -> ProgressDisplay {
    ProgressDisplay(
      style: style, label: label, total: totalByteCount, unit: .bytesOf(count, word))
  }

  private var style: ProgressDisplay.Style {
    if quiet { return .none }
    if progress == .jsonl { return .jsonLines }
    return Console.isInteractive && !noColor && !Environment.forbidsColor ? .bar : .lines
  }

  /// Whether a run measures what is lost: where something is quantised, and numbers are asked for.
  func measuresLoss(of model: ModelPlan, report: String?) -> Bool {
    model.choice.quantization != nil && (json || report != nil)
  }
}
