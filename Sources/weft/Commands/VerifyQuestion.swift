import WeftFiles
import WeftFormats
import WeftInference
import WeftKernels
import WeftNetworks
import WeftRecipes
import WeftTensors
import WeftTransform
import WeftVerify

/// What `verify` is asked about a model: whether it has another's weights, or is what a fuse or a recipe gives.
struct VerifyQuestion {
  /// What the model is held against.
  private enum Subject {
    case reference(String)
    /// A plan, and the same as a model that was not written.
    case plan(ModelPlan, AdaptedModel?)
  }

  private let command: VerifyCommand
  private let candidate: Checkpoint
  private let library: FormatLibrary
  private let subject: Subject
  private var threads: Int { command.threadOptions.count }

  /// Reads the headers of everything that is asked about.
  init(_ command: VerifyCommand, about candidate: Checkpoint) throws {
    self.command = command
    self.candidate = candidate
    library = try FormatLibrary.embedded()
    subject = try Self.subject(command, candidate, library)
  }

  private static func subject(
    _ command: VerifyCommand, _ candidate: Checkpoint, _ library: FormatLibrary
  ) throws -> Subject {
    if let reference = command.reference { return .reference(reference) }
    let format: ContainerFormat =
      [.diffusers, .gguf].contains(candidate.format) ? candidate.format : .safetensors
    let threads = command.threadOptions.count
    guard let recipe = command.recipe else {
      var fuse = try command.recipeOptions.recipe(base: command.base ?? "")
      fuse.output.format = format
      fuse.output.quantization = try candidate.provenQuantization(
        command.imatrix, library: library)
      let plan = try FusePlanner.plan(fuse, library: library, threads: threads).model
      let unwritten =
        command.level.runsNetworks ? try AdaptedModel.open(fuse, library: library) : nil
      return .plan(plan, unwritten)
    }
    var steps = try MergeRecipe.read(recipe, library: library)
    if !command.folders.isEmpty { steps.findFiles(try ModelFinder(command.folders)) }
    try steps.requirePaths(path: recipe)
    command.recipeOptions.form.apply(to: &steps)
    var options = RecipePlanner.Options()
    options.threads = threads
    options.form.format = format
    options.form.quantization = try candidate.provenQuantization(
      command.imatrix ?? steps.output.quantization?.imatrix, library: library)
    let plan = try RecipePlanner.plan(steps, library: library, options: options)
    return .plan(plan.model, plan.unwritten)
  }

  /// The answer about the tensors; `progress` is told how many more bytes were compared.
  func weights(progress: @escaping @Sendable (Int) throws -> Void) throws -> Proof {
    switch subject {
    case .reference(let path):
      return try ReferenceProof.prove(
        command.candidate, reference: path, level: command.level,
        tolerance: command.level.runsNetworks ? nil : command.tolerance,
        importancePath: command.imatrix, library: library, threads: threads, progress: progress)
    case .plan(let plan, _):
      try RecipeAgreement.check(candidate, plan: plan)
      guard command.level != .structure else {
        return FuseProof.structure(of: candidate, plan: plan)
      }
      return try FuseProof.prove(
        candidate, plan: plan, tolerance: command.level.runsNetworks ? nil : command.tolerance,
        threads: threads, progress: progress)
    }
  }

  /// The answer about the networks, on top of that about the tensors.
  func forward(_ weights: Proof) throws -> Proof {
    let reference = try reference()
    Interruption.endProgramCleanly()
    let meter = LoadMeter()
    defer { meter.begin(nil) }
    return try ForwardProof.prove(
      weights, candidate: try BaseModel.openAnything(command.candidate, library: library),
      reference: reference, library: library,
      backend: try ReferenceBackend(threads: threads),
      reader: ValueReader(threads: threads, allowsNonFinite: true, progress: meter.add),
      options: try command.network.prover(
        tolerance: command.tolerance, command.computing, threads: threads)
    ) { kind, byteCount in
      meter.begin(command.talk.display(label: kind.name, totalByteCount: byteCount))
    }
  }

  /// The answer about pictures, on top of that about the tensors.
  func image(_ weights: Proof) throws -> Proof {
    let reference = try reference()
    let threads = threads
    Interruption.endProgramCleanly()
    let meter = LoadMeter()
    defer { meter.begin(nil) }
    return try ImageProof.prove(
      weights, candidate: try BaseModel.openAnything(command.candidate, library: library),
      reference: reference, library: library,
      backend: { _ in try ReferenceBackend(threads: threads) },
      reader: ValueReader(threads: threads, allowsNonFinite: true, progress: meter.add),
      options: try command.image.prover(
        tolerance: command.tolerance, command.computing, threads: threads)
    ) { event in
      guard case .loading(let kind, let byteCount) = event else { return }
      meter.begin(command.talk.display(label: kind.name, totalByteCount: byteCount))
    }
  }

  /// What the model is held against, as a model that is run.
  private func reference() throws -> AdaptedModel {
    switch subject {
    case .reference(let path):
      AdaptedModel(try BaseModel.openAnything(path, library: library))
    case .plan(let plan, let unwritten): unwritten ?? AdaptedModel(plan.base)
    }
  }
}
