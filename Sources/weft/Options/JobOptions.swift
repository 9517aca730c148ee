import ArgumentParser

/// What is done and told besides writing a model.
struct JobOptions: ParsableArguments {
  @Flag(help: "Print what would be done and write nothing.")
  var plan = false

  @Option(help: ArgumentHelp("Write a JSON report of the run.", valueName: "file"))
  var report: String?

  @Flag(help: "Put the SHA-256 of every parent into the output's recipe.")
  var hash = false

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
