import WeftFiles
package import WeftFormats
package import WeftInference
package import WeftKernels
package import WeftNetworks
package import WeftTransform

/// Makes pictures with a candidate and with a reference of the same noise, and compares every step.
///
/// One model at a time is in memory: what the reference did is kept until the candidate's was compared with it.
package struct ImageProver {
  /// How pictures are made and compared.
  package struct Options: Sendable {
    /// The prompts; those that are built in when there are none.
    package var prompts: [String] = []
    /// The seed of the noise.
    package var seed = 0
    /// The number of steps.
    package var stepCount = 10
    /// The size of the pictures; nil for half of what the reference was made for, in each direction.
    package var size: PictureSize?
    /// The largest relative L2 error of a guided prediction; nil for what the types take apart.
    package var tolerance: Double?
    /// What computes a network of the candidate; nil for what computes the reference.
    package var candidateBackend: (@Sendable (ComponentModel) throws -> any Backend)?
    /// Whether the candidate's weights are held as they are stored.
    package var keepsCandidateWeights = false
    /// The type that the candidate is computed in, as the table of tolerances has it; nil for float32.
    package var computedType: String?

    /// Makes options with every one at its default.
    package init() {}
  }

  private let candidate: AdaptedModel
  private let reference: AdaptedModel
  private let library: FormatLibrary
  private let backend: @Sendable (ComponentModel) throws -> any Backend
  private let reader: ValueReader
  private let options: Options

  /// Makes a prover.
  ///
  /// - Parameters:
  ///   - candidate: the model that is in question.
  ///   - reference: the model whose pictures it should make, with adapters that are applied when it runs.
  ///   - library: what is known of models.
  ///   - backend: what computes both, unless the options have another for the candidate.
  ///   - reader: reads the weights.
  ///   - options: how pictures are made and compared.
  package init(
    _ candidate: AdaptedModel, reference: AdaptedModel, library: FormatLibrary,
    backend: @escaping @Sendable (ComponentModel) throws -> any Backend, reader: ValueReader,
    options: Options
  ) {
    (self.candidate, self.reference, self.library) = (candidate, reference, library)
    (self.backend, self.reader, self.options) = (backend, reader, options)
  }

  /// Compares the pictures of all prompts; `events` hears of what happens.
  ///
  /// - Throws: when one of the models cannot make pictures.
  package func prove(events: @escaping (PictureEvent) throws -> Void) throws -> ImageReport {
    let models = PictureModels(reference)
    let settings = try self.settings(models)
    let prompts = options.prompts.isEmpty ? library.samplePrompts.texts : options.prompts
    let requests = try prompts.map { prompt in
      var settings = settings
      settings.prompt = prompt
      return try PictureRequest(settings, models: models, library: library)
    }
    let expected = try recorder(models, backend, events: events).pictures(requests).map(\.picture)
    let found = try recorder(
      PictureModels(candidate), options.candidateBackend ?? backend,
      keepsWeights: options.keepsCandidateWeights, events: events
    ).pictures(requests, predicting: expected.map(\.predictions))
    let cases = try zip(prompts, zip(expected, found)).map { prompt, pair in
      try compare(prompt, pair.0, pair.1.picture, pair.1.predictions)
    }
    return ImageReport(settings: words(settings), cases: cases, tolerance: tolerance)
  }

  private func recorder(
    _ models: PictureModels, _ backend: @escaping @Sendable (ComponentModel) throws -> any Backend,
    keepsWeights: Bool = false, events: @escaping (PictureEvent) throws -> Void
  ) throws -> PictureRecorder {
    var shelf = NetworkShelf.Options(backend: backend)
    shelf.keepsWeights = keepsWeights
    return try PictureRecorder(
      models,
      shelf: NetworkShelf(library: library, reader: reader, options: shelf, events: events),
      events: events)
  }

  private func compare(
    _ prompt: String, _ expected: RecordedPicture, _ found: RecordedPicture,
    _ predictions: [[Float]]
  ) throws -> ImageReport.Case {
    let steps = zip(
      zip(expected.predictions, predictions), zip(expected.latents, found.latents)
    ).map { prediction, latents in
      ImageReport.Step(
        timestep: prediction.0.timestep,
        prediction: Comparison(
          prediction.0.input.with(prediction.0.output).tensor,
          prediction.0.input.with(prediction.1).tensor),
        latents: Comparison(latents.0.tensor, latents.1.tensor))
    }
    guard let pictures = PictureComparison(expected.picture, found.picture) else {
      throw VerifyError(
        what: "the models make pictures of different sizes",
        place: candidate.base.checkpoint.path, advice: "compare models of one architecture")
    }
    return ImageReport.Case(
      prompt: prompt, seed: UInt64(options.seed), steps: steps, pictures: pictures)
  }
}

// MARK: What is asked for

extension ImageProver {
  /// A sampler that asks the network once a step and adds no noise, so that nothing but the models makes a difference.
  private static let sampler = "euler"

  private func settings(_ models: PictureModels) throws -> PictureSettings {
    var settings = PictureSettings()
    settings.steps = options.stepCount
    settings.seed = options.seed
    settings.sampler = Self.sampler
    settings.promptStyle = PromptStyle.plain.rawValue
    let side = try models.usualSide(library) / 2
    settings.width = options.size?.width ?? side
    settings.height = options.size?.height ?? side
    return try settings.completed(for: models, library: library)
  }

  private func words(_ settings: PictureSettings) -> String {
    "\(settings.width ?? 0) × \(settings.height ?? 0) pixels, "
      + "\(Figures.counted(options.stepCount, "step")) of \(Self.sampler), "
      + "guided \(Figures.short(Figures.fixed(settings.guidance ?? 1, 1))) times, seed \(options.seed)"
  }

  private var tolerance: ImageTolerance {
    let table = library.tolerances
    if let tolerance = options.tolerance {
      return ImageTolerance(prediction: tolerance, reason: "as --tolerance says", table)
    }
    let network = ForwardReport.Tolerance(
      candidate, reference, components: candidate.base.components, computed: options.computedType,
      table: table)
    return ImageTolerance(network: network.outputs, reason: network.reason, table)
  }
}
