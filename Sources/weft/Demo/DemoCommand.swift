import WeftInference
import ArgumentParser
import WeftFiles
import WeftFormats
import WeftTensors
import WeftTransform
import WeftVerify

/// Shows the main job on a model that it makes itself.
struct DemoCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "demo",
    abstract: "Make a small model and a ResAdapter, fuse, convert, prove, and make a picture.",
    discussion: """
      Nothing is downloaded: the model has the blocks and keys of Stable Diffusion 1.5 with few channels, and weights \
      that follow from their names. Its picture is abstract, but every step is the real one.
      """)

  @Argument(help: "The folder that the files go to.")
  var directory = "weft-demo"

  @OptionGroup(title: "Work") var work: WorkOptions
  @Flag(name: .shortAndLong, help: "Print nothing.") var quiet = false

  func run() throws {
    let library = try FormatLibrary.embedded()
    let paths = DemoPaths(directory: directory)
    try paths.makeFolders()
    let model = try DemoModel(library: library)
    try step("a small SD1.5 model", file: paths.base) {
      try model.write(to: paths.base, work: work.runOptions)
    }
    try step("a ResAdapter for it", file: paths.resAdapter) {
      try DemoResAdapter(model: model).write(to: paths.resAdapter, work: work.runOptions)
    }
    let recipe = FuseRecipe(
      basePath: paths.base, adapters: [AdapterRequest(path: paths.resAdapter)])
    let plan = try FusePlanner.plan(
      recipe, library: library, threads: work.runOptions.threads)
    try step("the fused model", file: paths.fused) {
      _ = try plan.model.runner(options: work.runOptions).run(
        path: paths.fused, inputs: plan.model.inputFiles
      ) { _ in }
    }
    try prove(plan, paths: paths)
    try convert(paths, library: library)
    try paint(paths, library: library)
    say(paths.commands)
  }

  /// Writes the fused model in every container and proves that each still has its weights.
  private func convert(_ paths: DemoPaths, library: FormatLibrary) throws {
    for (format, output) in paths.conversions {
      var recipe = ConvertRecipe(inputPath: paths.fused)
      recipe.output.format = format
      let threads = work.runOptions.threads
      let plan = try ConvertPlanner.plan(recipe, library: library, threads: threads)
      try step("the same as \(format.rawValue)", file: output) {
        _ = try plan.runner(options: work.runOptions).run(path: output, inputs: plan.inputFiles) {
          _ in
        }
      }
      let proof = try ReferenceProof.prove(
        output, reference: paths.fused, level: .weights, tolerance: nil, library: library,
        threads: threads
      ) { _ in }
      for check in proof.checks.suffix(1) {
        say("  \(check.passes ? "ok  " : "FAIL") \(check.name): \(check.detail)")
      }
      if !proof.passes { throw ExitCode(ExitStatus.answerIsNo.rawValue) }
    }
  }

  /// Makes a picture of the fused model.
  private func paint(_ paths: DemoPaths, library: FormatLibrary) throws {
    let start = ContinuousClock.now
    try DemoPicture.write(
      of: paths.fused, to: paths.picture, library: library, work: work.runOptions)
    let size = DemoPicture.size
    say(
      "made a picture of \"\(DemoPicture.prompt)\": \(paths.picture), \(size.width) × \(size.height), "
        + "\(HumanText.count(DemoPicture.stepCount, "step")), "
        + HumanText.seconds((ContinuousClock.now - start).inSeconds))
  }

  /// Does a step and says how large the result is and how long it took.
  private func step(_ title: String, file: String, work: () throws -> Void) throws {
    let start = ContinuousClock.now
    try work()
    let seconds = (ContinuousClock.now - start).inSeconds
    let checkpoint = try? Inspection.of(file, library: .embedded()).checkpoint
    let size = HumanText.bytes(checkpoint?.byteCount ?? 0)
    say(
      "made \(title): \(file), \(checkpoint?.tensors.count ?? 0) tensors, \(size), "
        + HumanText.seconds(seconds))
  }

  /// Proves the fused model and shows what the fuse changed.
  private func prove(_ plan: FusePlan, paths: DemoPaths) throws {
    let start = ContinuousClock.now
    let threads = work.runOptions.threads
    let proof = try FuseProof.prove(
      try Checkpoint.open(paths.fused), plan: plan.model, tolerance: nil, threads: threads
    ) { _ in }
    let difference = try ModelDifference.between(
      try Checkpoint.open(paths.base), try Checkpoint.open(paths.fused), threads: threads
    ) { _ in }
    say(
      "the fuse changed \(difference.changed.count) tensors and left "
        + "\(difference.equalCount) as they were, bit for bit")
    say("proof by a second computation, \(HumanText.seconds((.now - start).inSeconds)):")
    for check in proof.checks {
      say("  \(check.passes ? "ok  " : "FAIL") \(check.name): \(check.detail)")
    }
    if !proof.passes { throw ExitCode(ExitStatus.answerIsNo.rawValue) }
  }

  private func say(_ text: String) {
    if !quiet { Console.printResult(text) }
  }
}

/// The files of the demonstration.
struct DemoPaths {
  let directory: String

  var base: String { Paths.join(directory, "base.safetensors") }
  var resAdapter: String { Paths.join(directory, "resadapter") }
  var fused: String { Paths.join(directory, "fused.safetensors") }
  var checkpoint: String { Paths.join(directory, "fused.ckpt") }
  var picture: String { Paths.join(directory, "picture.png") }
  var folder: String { Paths.join(directory, "fused") + "/" }

  /// The fused model in other containers.
  var conversions: [(format: ContainerFormat, output: String)] {
    [
      (.torchZip, checkpoint), (.safetensorsZst, Paths.join(directory, "fused.safetensors.zst")),
      (.diffusers, folder),
    ]
  }

  func makeFolders() throws {
    try Paths.makeDirectory(directory)
    try Paths.makeDirectory(resAdapter)
  }

  /// A path as a shell takes it.
  private func quoted(_ path: String) -> String {
    let isPlain = path.unicodeScalars.allSatisfy { scalar in
      scalar.properties.isAlphabetic || "0123456789/._-+".unicodeScalars.contains(scalar)
    }
    return isPlain
      ? path
      : "'"
        + path.split(separator: "'", omittingEmptySubsequences: false)
        .joined(separator: "'\\''") + "'"
  }

  /// The same steps by hand.
  var commands: String {
    let (base, adapter, fused) = (quoted(base), quoted(resAdapter), quoted(fused))
    return """

      the same by hand:
        weft inspect \(base)
        weft fuse \(base) --adapter \(adapter) --plan
        weft fuse \(base) --adapter \(adapter):1.0 -o \(fused) --force
        weft verify \(fused) --base \(base) --adapter \(adapter)
        weft diff \(base) \(fused)
        weft convert \(fused) -o \(quoted(folder)) --force
        weft verify \(quoted(folder)) --reference \(fused)
        weft scan \(quoted(checkpoint))
        weft hash \(fused)
        weft txt2img \(fused) --prompt "\(DemoPicture.prompt)" -W \(DemoPicture.size.width) -H \(DemoPicture.size.height) --steps \(DemoPicture.stepCount) -o \(quoted(picture)) --force
      """
  }
}
