import WeftRecipes
import WeftFiles
import WeftFormats
import WeftKernels
import WeftNetworks
import WeftTensors
import WeftTransform
import WeftVerify

/// Makes what a task needs: it scans, runs passes and proves outputs.
struct ProductMaker {
  /// The model.
  let input: String
  let place: PipelinePlace
  let library: FormatLibrary
  let state: StateFolder
  let options: WorkerOptions
  /// Whether what is told of outputs and proofs is kept for a report.
  let keepsReports: Bool
  let progress: @Sendable (Int) throws -> Void

  /// Throws unless the model is safe to load.
  func scan() throws {
    let report = ScanReport.of([input], names: library.pickleNames)
    guard report.status != .success else { return }
    let finding = report.files.first { $0.verdict != .safe }
    let what = finding?.findings.first?.what ?? "it does not end as it should"
    let isUnsafe = report.status == .answerIsNo
    throw PipelineError(
      status: report.status,
      what: "the model \(isUnsafe ? "is not safe to load" : "cannot be read"): \(what)",
      place: finding?.path ?? input,
      advice: isUnsafe
        ? "see weft scan; get a safetensors file instead" : "get it again from its source")
  }

  /// Writes outputs of a pass.
  func make(_ pass: ModelPass, source: String, only items: [TaskPlan.Item]) throws {
    let wanted = pass.outputs.filter { output in items.contains { $0.name == output.path } }
    let variants = try wanted.map { output in
      let path = place.output(output.path)
      try Paths.makeDirectory(Paths.directory(of: trimmed(path)))
      return (path, try plan(pass, source: source, output))
    }
    var run = RunOptions(threads: options.threads)
    run.replaces = true
    run.syncs = options.syncs
    run.measuresLoss = keepsReports && pass.form.quantization != nil
    let start = ContinuousClock.now
    let summaries = try write(variants.map { ($0, $1.model) }, options: run)
    for ((variant, item), summary) in zip(zip(variants, items), summaries) {
      try keepReport(variant.1, summary, path: variant.0, key: item.key, since: start)
    }
  }

  /// Writes one model, or several with one reading of what they share.
  private func write(
    _ variants: [(path: String, plan: ModelPlan)], options: RunOptions
  ) throws -> [RunSummary] {
    for variant in variants {
      try variant.plan.layout.check(
        variant.path, replacing: true, inputs: variant.plan.inputFiles)
    }
    if variants.count == 1, let (path, plan) = variants.first {
      return [
        try plan.runner(options: options).run(
          path: path, inputs: plan.inputFiles, progress: progress)
      ]
    }
    return try SweepRunner(
      variants.map { SweepRunner.Variant(plan: $0.plan, path: $0.path) }, options: options
    ).run(progress: progress)
  }

  /// The plan of an output, from the headers of what is read.
  func plan(
    _ pass: ModelPass, source: String, _ output: ModelPass.Output,
    _ change: (inout OutputRecipe) -> Void = { _ in }
  ) throws -> (model: ModelPlan, adapters: [AdapterPlan]) {
    switch try pass.recipe(input: source, output: output, place: place) {
    case .convert(var recipe):
      change(&recipe.output)
      return (
        try ConvertPlanner.plan(recipe, library: library, threads: options.threads), []
      )
    case .fuse(var recipe):
      change(&recipe.output)
      let plan = try FusePlanner.plan(recipe, library: library, threads: options.threads)
      return (plan.model, plan.adapters)
    }
  }

  private func trimmed(_ path: String) -> String {
    path.utf8.last == UInt8(ascii: "/") ? String(path.dropLast()) : path
  }

  private func keepReport(
    _ plan: (model: ModelPlan, adapters: [AdapterPlan]), _ summary: RunSummary, path: String,
    key: String, since start: ContinuousClock.Instant
  ) throws {
    guard keepsReports else { return }
    let report = RunReport(
      plan: plan.model, adapters: plan.adapters, summary: summary, output: path,
      seconds: (ContinuousClock.now - start).inSeconds,
      peakMemoryByteCount: ProcessMemory.peakByteCount ?? 0)
    try ReportFile.write(report.json, to: state.reportPath(key, of: path))
  }
}

// MARK: Proofs

extension ProductMaker {
  /// Throws unless an output is what its pass must give.
  func prove(
    _ proof: TaskRecipe.Proof, _ pass: ModelPass, _ output: ModelPass.Output, source: String,
    key: String
  ) throws {
    let path = OutputState.found(place.output(output.path))
    let result = try prove(path, proof, pass, output, source: source)
    if keepsReports {
      try ReportFile.write(result.json, to: state.reportPath(key, of: place.output(output.path)))
    }
    guard !result.passes else { return }
    let fault = result.checks.first { !$0.passes }
    throw PipelineError(
      status: .answerIsNo,
      what: "the output is not what it must be: \(fault?.name ?? ""): \(fault?.detail ?? "")",
      place: path, advice: "look closer with weft verify; keep it from being used")
  }

  private func prove(
    _ path: String, _ proof: TaskRecipe.Proof, _ pass: ModelPass, _ output: ModelPass.Output,
    source: String
  ) throws -> Proof {
    let candidate = try Checkpoint.open(path)
    let plan = try plan(pass, source: source, output) { form in
      // Names and types are those of safetensors in all containers that have no rules of their own.
      let isOwn = [.diffusers, .gguf].contains(candidate.format)
      form.format = isOwn ? candidate.format : .safetensors
      // The model is there already.
      form.quantization?.requantizes = true
    }.model
    try RecipeAgreement.check(candidate, plan: plan)
    let verification = proof.verification
    if verification.level == "structure" {
      return FuseProof.structure(of: candidate, plan: plan)
    }
    let isForward = verification.level == "forward"
    let weights = try FuseProof.prove(
      candidate, plan: plan, tolerance: isForward ? nil : verification.tolerance,
      threads: options.threads, progress: { _ in })
    return isForward
      ? try forward(weights, path, pass, output, source: source, verification.tolerance)
      : weights
  }

  private func forward(
    _ weights: Proof, _ path: String, _ pass: ModelPass, _ output: ModelPass.Output,
    source: String, _ tolerance: Double?
  ) throws -> Proof {
    var prover = ForwardProver.Options()
    prover.tolerance = tolerance
    return try ForwardProof.prove(
      weights, candidate: try BaseModel.openAnything(path, library: library),
      reference: try reference(pass, source: source, output), library: library,
      backend: try ReferenceBackend(threads: options.threads),
      reader: ValueReader(
        threads: options.threads, allowsNonFinite: true, progress: { _ in }),
      options: prover, progress: { _, _ in })
  }

  /// What the output must compute like: the model with the adapters beside its layers.
  private func reference(
    _ pass: ModelPass, source: String, _ output: ModelPass.Output
  ) throws -> AdaptedModel {
    switch try pass.recipe(input: source, output: output, place: place) {
    case .convert: AdaptedModel(try BaseModel.openAnything(source, library: library))
    case .fuse(let recipe): try AdaptedModel.open(recipe, library: library)
    }
  }
}
