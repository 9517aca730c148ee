import ArgumentParser
import WeftTensors
import WeftTransform

/// What is done and told besides writing a model.
struct PlanOptions: ParsableArguments {
  @Flag(help: "Print what would be done and write nothing.")
  var plan = false

  @Option(help: ArgumentHelp("Write a JSON report of the run.", valueName: "file"))
  var report: String?

  /// Throws unless there is an output, or only a plan is wanted.
  func require(output: Bool) throws {
    if !output, !plan {
      throw ValidationError("where to? add -o FILE.safetensors, FILE.ckpt or FOLDER/")
    }
    if !output, report != nil {
      throw ValidationError("--report needs a run; --plan --json prints the plan")
    }
  }
}

/// As `PlanOptions`, with the hashes of the parents.
struct JobOptions: ParsableArguments {
  @OptionGroup var planOptions: PlanOptions

  @Flag(help: "Put the SHA-256 of every parent into the output's recipe.")
  var hash = false

  /// Whether only the plan is wanted.
  var plan: Bool { planOptions.plan }
  /// Where a report goes.
  var report: String? { planOptions.report }

  /// Throws unless there is an output, or only a plan is wanted.
  func require(output: Bool) throws { try planOptions.require(output: output) }
}
