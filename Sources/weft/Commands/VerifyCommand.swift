import WeftKernels
import ArgumentParser
import WeftFiles
import WeftFormats
import WeftTensors
import WeftTransform
import WeftVerify

/// Proves that a model is what a fuse must give.
struct VerifyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify",
    abstract: "Prove that a fused model is what its base and adapters must give.",
    discussion: """
      Tensors that no adapter touches must be the base's, byte for byte. The others are computed a second way, with \
      products by OpenBLAS in float64; fewer than 1 in 2,000 of their elements may be off, and by no more than one \
      unit in the last place. Exit code 0 when all is right, 1 when it is not, 2 when the options contradict the \
      recipe in the model.
      """)

  @Argument(help: "The fused model.")
  var fused: String

  @Option(help: ArgumentHelp("The model that was fused into.", valueName: "file"))
  var base: String

  @OptionGroup(title: "Recipe") var recipeOptions: RecipeOptions

  @Option(
    help: ArgumentHelp(
      "Accept changed tensors up to this relative L2 error instead of the exact fuse.",
      valueName: "error"))
  var tolerance: Double?

  @OptionGroup(title: "Work") var threadOptions: ThreadOptions
  @OptionGroup(title: "Talk") var talk: TalkOptions

  func validate() throws {
    if let tolerance, !(tolerance >= 0 && tolerance.isFinite) {
      throw ValidationError("--tolerance must be a number from 0 up")
    }
  }

  func run() throws {
    let candidate = try Checkpoint.open(fused)
    let threads = threadOptions.count
    var recipe = try recipeOptions.recipe(base: base)
    if candidate.format == .diffusers { recipe.output.format = .diffusers }
    let plan = try FusePlanner.plan(recipe, library: .embedded(), threads: threads)
    try RecipeAgreement.check(candidate, plan: plan.model)
    let display = talk.display(label: "verify", totalByteCount: candidate.byteCount)
    let proof = try FuseProof.prove(
      candidate, plan: plan.model, tolerance: tolerance, threads: threads
    ) { display.add($0) }
    display.finish()
    Console.printResult(talk.json ? proof.json.compactText : text(proof))
    if !proof.passes { throw ExitCode(ExitStatus.answerIsNo.rawValue) }
  }

  private func text(_ proof: FuseProof) -> String {
    var lines = ["\(proof.passes ? "pass" : "FAIL"): \(fused)"]
    lines += proof.checks.map { "  \($0.passes ? "ok  " : "FAIL") \($0.name): \($0.detail)" }
    if let worst = proof.worst, !worst.isEqual {
      lines.append(
        "  worst tensor: \(worst.name), relative L2 "
          + HumanText.scientific(worst.numbers.relativeL2))
    }
    return lines.map(printable).joined(separator: "\n")
  }
}
