import ArgumentParser
import WeftFiles
import WeftFormats
import WeftTensors
import WeftTransform
import WeftVerify

/// Proves that a model is what it should be.
struct VerifyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify",
    abstract: "Prove that a model is a given fuse, or has another model's weights.",
    discussion: """
      With --base and --adapter: the model must be what that fuse gives. Tensors that no adapter touches must be the \
      base's, byte for byte. The others are computed a second way, with products by OpenBLAS in float64; fewer than \
      1 in 2,000 of their elements may be off, and by no more than one unit in the last place.
      With --reference: the model must have the reference's weights, whatever the containers, layouts and types of \
      both; every value must be the reference's, rounded once where the type is another.
      Exit code 0 when all is right, 1 when it is not, 2 when the question makes no sense, such as options that \
      contradict the recipe in the model.
      """)

  @Argument(help: "The model that is in question.")
  var candidate: String

  @Option(help: ArgumentHelp("The model that was fused into.", valueName: "file"))
  var base: String?

  @Option(help: ArgumentHelp("The model whose weights it should have.", valueName: "file"))
  var reference: String?

  @Option(help: ArgumentHelp("How closely to look: structure or weights.", valueName: "level"))
  var level: Proof.Level = .weights

  @OptionGroup(title: "Recipe") var recipeOptions: RecipeOptions

  @Option(
    help: ArgumentHelp(
      "Accept tensors up to this relative L2 error instead of the exact values.",
      valueName: "error"))
  var tolerance: Double?

  @Option(help: ArgumentHelp("Write the proof as an HTML page.", valueName: "file"))
  var html: String?

  @Option(help: ArgumentHelp("Write the checks as JUnit XML.", valueName: "file"))
  var junit: String?

  @Flag(help: "Replace existing pages.")
  var force = false

  @OptionGroup(title: "Work") var threadOptions: ThreadOptions
  @OptionGroup(title: "Talk") var talk: TalkOptions

  func validate() throws {
    if let tolerance, !(tolerance >= 0 && tolerance.isFinite) {
      throw ValidationError("--tolerance must be a number from 0 up")
    }
    if (base == nil) == (reference == nil) {
      throw ValidationError(
        "give either --base with --adapter (is it that fuse?) or --reference (are the weights equal?)"
      )
    }
    if reference != nil, !recipeOptions.adapter.isEmpty {
      throw ValidationError("--adapter goes with --base, not with --reference")
    }
    if base != nil, level == .structure {
      throw ValidationError("--level structure goes with --reference")
    }
  }

  func run() throws {
    let inputs = try Checkpoint.open(candidate).files
    let page = try html.map { try SmallFile(path: $0, replacing: force, inputs: inputs) }
    let suite = try junit.map {
      try SmallFile(path: $0, replacing: force, inputs: inputs, otherOutput: html)
    }
    let proof = try prove()
    let pages = ProofPage(proof, candidate: candidate, reference: reference ?? base ?? "")
    try page?.write(pages.html)
    try suite?.write(pages.junit)
    Console.printResult(talk.json ? proof.json.compactText : text(proof))
    if !proof.passes { throw ExitCode(ExitStatus.answerIsNo.rawValue) }
  }

  private func prove() throws -> Proof {
    let threads = threadOptions.count
    let model = try Checkpoint.open(candidate)
    let display = talk.display(label: "verify", totalByteCount: model.byteCount)
    defer { display.finish() }
    if let reference {
      return try ReferenceProof.prove(
        candidate, reference: reference, level: level, tolerance: tolerance,
        library: .embedded(), threads: threads
      ) { display.add($0) }
    }
    var recipe = try recipeOptions.recipe(base: base ?? "")
    if model.format == .diffusers { recipe.output.format = .diffusers }
    let plan = try FusePlanner.plan(recipe, library: .embedded(), threads: threads).model
    try RecipeAgreement.check(model, plan: plan)
    return try FuseProof.prove(model, plan: plan, tolerance: tolerance, threads: threads) {
      display.add($0)
    }
  }

  private func text(_ proof: Proof) -> String {
    var lines = ["\(proof.passes ? "pass" : "FAIL"): \(candidate)"]
    lines += proof.checks.map { "  \($0.passes ? "ok  " : "FAIL") \($0.name): \($0.detail)" }
    if let worst = proof.worst, !worst.isEqual {
      lines.append(
        "  worst tensor: \(worst.name), relative L2 "
          + HumanText.scientific(worst.numbers.relativeL2))
    }
    return lines.map(printable).joined(separator: "\n")
  }
}

extension Proof.Level: ExpressibleByArgument {}
