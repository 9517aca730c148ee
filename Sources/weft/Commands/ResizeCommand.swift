import ArgumentParser
import WeftFiles
import WeftFormats
import WeftTensors
import WeftTransform

/// Gives a LoRA another rank.
struct ResizeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "resize",
    abstract: "Give a LoRA a lower rank.",
    discussion: """
      The new factors are the best ones of their rank. Names stay as they are, and alpha over rank stays what it was. A \
      module that keeps its rank keeps its bytes. Modules of other families stay as they are and are listed.
      """)

  @Argument(help: "The adapter.")
  var adapter: String

  @OptionGroup(title: "Rank") var rankOptions: RankOptions
  @OptionGroup(title: "Output") var output: AdapterOutputOptions
  @OptionGroup(title: "Work") var work: WorkOptions
  @OptionGroup(title: "Talk") var talk: TalkOptions

  func validate() throws { _ = try rankOptions.required() }

  func run() throws {
    let start = ContinuousClock.now
    var recipe = ResizeRecipe(path: adapter, rank: try rankOptions.required())
    recipe.convolutionRank = rankOptions.convolutionChoice
    recipe.dtype = output.dtype.dtype
    let resizing = try Resizing.plan(recipe, library: .embedded())
    let kept = resizing.kept.sorted { $0.key < $1.key }
    let job = AdapterJob(
      label: "resize", output: output, work: work, talk: talk,
      inputs: resizing.checkpoint.files)
    try job.run(byteCount: resizing.byteCount, since: start) { progress in
      let report = try resizing.run(
        to: output.output, options: work.runOptions, progress: progress)
      return (
        [
          JSONValue.Member(
            "kept",
            .object(kept.map { JSONValue.Member($0.key, .integer($0.value)) }))
        ] + report.members,
        CompositionText.lines(report)
          + kept.map { "kept as they are: \(HumanText.count($1, "module")), \($0)" }
      )
    }
  }
}
