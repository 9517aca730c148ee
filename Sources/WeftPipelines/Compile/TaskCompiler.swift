import WeftTensors
import WeftFiles
package import WeftFormats
package import WeftRecipes
import WeftTransform

/// Turns the steps of a pipeline into passes: a chain of steps becomes one pass, which ends where something is saved.
package struct TaskCompiler {
  private let pipeline: Pipeline
  private let input: InputFinder.Found
  private let library: FormatLibrary
  private var recipe = TaskRecipe()
  /// The pass that saves the result of a step.
  private var passOfStep: [String: Int] = [:]

  /// What is done to a model.
  ///
  /// - Throws: when steps do not fit together, or two outputs have one name.
  package static func recipe(
    _ pipeline: Pipeline, for input: InputFinder.Found, library: FormatLibrary
  ) throws -> TaskRecipe {
    var compiler = TaskCompiler(pipeline: pipeline, input: input, library: library)
    return try compiler.compile()
  }

  private init(pipeline: Pipeline, input: InputFinder.Found, library: FormatLibrary) {
    self.pipeline = pipeline
    self.input = input
    self.library = library
  }

  private mutating func compile() throws -> TaskRecipe {
    let taken = Set(pipeline.steps.filter(\.makesModel).map(\.source.name))
    for step in pipeline.steps {
      switch step.action {
      case .scan: recipe.isScanned = true
      case .convert, .fuse, .quantize:
        if endsPass(step) || step.save != nil || !taken.contains(step.name) { try addPass(step) }
      case .verify(let verification): try addProof(step, verification)
      case .report(let report): recipe.reports.append(self.report(step, report))
      }
    }
    try refuseBadNames()
    return recipe
  }

  /// What is quantised is read back from its file by the steps that follow: they mean the values that it has then.
  private func endsPass(_ step: PipelineStep) -> Bool {
    if case .quantize = step.action { true } else { false }
  }

  private mutating func addProof(
    _ step: PipelineStep, _ verification: PipelineVerification
  ) throws {
    guard let pass = passOfStep[step.source.name] else {
      throw PipelineError.refused(
        "the step '\(step.name)' verifies '\(step.source.name)', which is not saved",
        at: nil, advice: "add 'save' to '\(step.source.name)'")
    }
    recipe.proofs.append(
      TaskRecipe.Proof(step: step.name, pass: pass, verification: verification))
  }

  private mutating func addPass(_ last: PipelineStep) throws {
    var chain = [last]
    var source = ModelPass.Source.input
    while let step = chain.first, step.source.name != PipelineStep.input {
      guard let before = pipeline.step(step.source.name) else { break }
      if endsPass(before) {
        source = .pass(try soleOutput(of: before, for: step))
        break
      }
      chain.insert(before, at: 0)
    }
    let (fuse, form) = try joined(chain)
    passOfStep[last.name] = recipe.passes.count
    let container = try container(of: last, form)
    if fuse?.isSweep ?? false, container.format.isCompressed {
      throw PipelineError.refused(
        "the variants of the step '\(last.name)' would be compressed", at: nil,
        advice: "save them as .safetensors, and convert them with another pipeline")
    }
    recipe.passes.append(
      ModelPass(
        step: last.name, steps: chain.map(\.name), source: source, fuse: fuse, form: form,
        container: container,
        outputs: (fuse?.variants ?? [""]).enumerated().map { number, variant in
          ModelPass.Output(
            variant: variant, number: number, path: path(of: last, variant, container))
        }))
  }

  private func soleOutput(of before: PipelineStep, for step: PipelineStep) throws -> Int {
    guard let pass = passOfStep[before.name], recipe.passes[pass].outputs.count == 1 else {
      throw PipelineError.refused(
        "the step '\(step.name)' takes '\(before.name)', which makes all variants of a sweep",
        at: nil, advice: "do what '\(step.name)' does before '\(before.name)'")
    }
    return pass
  }

  private func joined(_ chain: [PipelineStep]) throws -> (JoinedFuse?, PipelineForm) {
    var joined: JoinedFuse?
    var form = PipelineForm()
    for step in chain {
      switch step.action {
      case .fuse(let fuse):
        joined = try joined.map { try $0.adding(fuse, step: step.name) } ?? JoinedFuse(fuse)
        form.take(fuse.form)
      case .convert(let next), .quantize(let next): form.take(next)
      case .scan, .verify, .report: break
      }
    }
    // What a sweep refuses is told now, not when the first model is made.
    _ = try joined?.requests(variant: 0, place: PipelinePlace(folder: ".", outputFolder: "."))
    return (joined, form)
  }

  private func container(of step: PipelineStep, _ form: PipelineForm) throws -> OutputContainer {
    if let container = step.ownForm?.container.flatMap(OutputContainer.init(rawValue:)) {
      return container
    }
    if let save = step.save {
      guard let container = OutputContainer(outputName: save) else {
        let endings = OutputContainer.allCases.map(\.suffix).joined(separator: " ")
        throw PipelineError.refused(
          "'save' of the step '\(step.name)' says no format: \(save)", at: nil,
          advice: "end it in one of \(endings) or add 'to'")
      }
      return container
    }
    let type = form.quantization.flatMap { library.quantType($0.type) }
    if type?.scaled == nil, type?.dtype?.isBlocks ?? false { return .gguf }
    return form.container.flatMap(OutputContainer.init(rawValue:)) ?? .safetensors
  }
}

// MARK: Names

extension TaskCompiler {
  private func path(
    of step: PipelineStep, _ variant: String, _ container: OutputContainer
  ) -> String {
    let template = step.save ?? "${name}-${step}" + container.suffix
    var path = text(template, step: step, variant: variant)
    if container == .diffusers, path.utf8.last != UInt8(ascii: "/") { path += "/" }
    guard !variant.isEmpty, !NameTemplate.uses(.variant, in: template) else { return path }
    return VariantName.path(path, label: variant)
  }

  private func report(_ step: PipelineStep, _ report: PipelineReport) -> TaskRecipe.Report {
    TaskRecipe.Report(
      step: step.name, json: report.json.map { text($0, step: step, variant: "") },
      html: report.html.map { text($0, step: step, variant: "") })
  }

  private func text(_ template: String, step: PipelineStep, variant: String) -> String {
    let text = NameTemplate.text(
      template,
      values: [
        .name: InputName.stem(of: input.path), .folder: input.folder, .step: step.name,
        .variant: variant,
      ])
    let isFolder = text.utf8.last == UInt8(ascii: "/")
    return InputFinder.normal(text) + (isFolder ? "/" : "")
  }

  private func refuseBadNames() throws {
    // The name of a model such as `...safetensors` is known only now.
    for path in recipe.outputPaths where !NameTemplate.staysBelow(path) {
      throw PipelineError.refused(
        "an output of \(input.path) would lie outside of the outputs' folder: \(path)", at: nil,
        advice: "rename the model, or put a text before ${name} or ${folder}")
    }
    for folder in recipe.outputPaths where folder.utf8.last == UInt8(ascii: "/") {
      let inner = recipe.outputPaths.first { $0 != folder && $0.hasPrefix(folder) }
      guard let inner else { continue }
      throw PipelineError.refused(
        "the output \(inner) lies in the folder \(folder), which is replaced as a whole", at: nil,
        advice: "save it beside the folder")
    }
    var seen: Set<String> = []
    for path in recipe.outputPaths where !seen.insert(InputFinder.normal(path)).inserted {
      throw PipelineError.refused(
        "two outputs of \(input.path) have the name \(path)", at: nil,
        advice: "tell them apart with ${step} or ${variant}")
    }
  }
}

/// The names of inputs without what says their format.
package enum InputName {
  /// The endings of models; what else stands after a dot, as in the folder `sd-v1.5`, is a part of the name.
  private static let suffixes =
    [ShardIndex.suffix, ".sft", ".pt", ".pth", ".bin"]
    + OutputContainer.allCases.map(\.suffix).filter { $0 != "/" }

  /// The name without its ending; of a shards' index without its whole ending.
  package static func stem(of path: String) -> String {
    let name = Paths.name(of: path)
    let suffix = suffixes.filter(name.hasSuffix).max { $0.count < $1.count }
    guard let suffix, suffix.count < name.count else { return name }
    return String(name.dropLast(suffix.count))
  }
}

extension PipelineStep {
  /// What the step itself says of its result's form.
  fileprivate var ownForm: PipelineForm? {
    switch action {
    case .convert(let form), .quantize(let form): form
    case .fuse(let fuse): fuse.form
    case .scan, .verify, .report: nil
    }
  }
}

extension PipelineForm {
  /// Takes what a later step says; the word `keep` leaves what was said before.
  fileprivate mutating func take(_ next: PipelineForm) {
    container = next.container ?? container
    dtype = next.dtype.flatMap { $0 == "keep" ? nil : $0 } ?? dtype
    layout = next.layout.flatMap { $0 == "keep" ? nil : $0 } ?? layout
    vae = next.vae ?? vae
    // What was dropped or taken cannot be chosen again.
    averages = averages.flatMap { $0 == .keep ? nil : $0 } ?? next.averages ?? averages
    isPruned = isPruned == true ? true : next.isPruned ?? isPruned
    allowedUnmatched += next.allowedUnmatched
    component = next.component ?? component
    maximumShardByteCount = next.maximumShardByteCount ?? maximumShardByteCount
    quantization = next.quantization ?? quantization
  }
}
