import WeftFiles
import WeftFormats
import WeftInference
import WeftKernels
import WeftNetworks
import WeftTensors
import WeftTransform

/// The models of a run, open, and what turns settings into pictures with them.
struct PictureSession {
  let library: FormatLibrary
  let models: PictureModels
  let settings: PictureSettings
  /// The adapters, those of the prompt behind those of the command line.
  let adapters: [AdapterRequest]
  let meter = LoadMeter()
  private let options: PictureOptions
  private let initial: InitialPicture?
  private let named: PromptFiles
  private let refiner: PictureModels?

  /// Opens everything and checks it; nothing is computed.
  ///
  /// - Parameters:
  ///   - model: the model's path.
  ///   - options: the options of the command.
  ///   - settings: what is set, the prompt's adapters in it.
  ///   - initial: the picture to begin with; nil for none.
  ///   - adapterScale: the scale of all adapters; nil for what they were given with, and 0 leaves them out.
  /// - Throws: for models, adapters and names that are not there or do not fit.
  init(
    _ model: String, _ options: PictureOptions, _ settings: PictureSettings,
    initial: InitialPicture? = nil, adapterScale: Double? = nil
  ) throws {
    let library = try FormatLibrary.embedded()
    (self.library, self.options, self.initial) = (library, options, initial)
    named = try PromptFiles(options.prompt, settings, style: try TextOptions(settings).style)
    let all = try options.models.requests + named.adapters
    adapters =
      adapterScale.map { all.scaled(to: $0, weighsNorms: options.models.norms.weighs) } ?? all
    models = try options.models.models(model, adapters: adapters, library)
    refiner = try options.larger.refiner.map {
      PictureModels(AdaptedModel(try BaseModel.openAnything($0, library: library)))
    }
    self.settings = try settings.completed(
      for: models, startSize: initial?.size, library: library)
  }

  /// What two sessions have in common whose pictures one maker can make.
  var variant: String {
    let scales = adapters.map {
      "\($0.path):\($0.unetScale),\($0.textEncoderScale),\($0.normWeight)"
    }
    return ([models.model.base.checkpoint.path] + scales).joined(separator: "\n")
  }

  /// The files of textual inversions, those that prompts name included.
  var embeddingPaths: [String] { named.embeddingPaths }

  /// What the user should know before pictures are made.
  var notes: [String] {
    // Prompts that are joined are weighed against what is not wanted even then.
    let isUnguided =
      (settings.guidance ?? 7) <= 1 && settings.negative?.isEmpty == false
      && ComposedPrompt(named.prompt).parts.count == 1
    return named.notes
      + (isUnguided ? ["what is not wanted has no effect at a CFG scale of 1 and below"] : [])
  }

  /// What was read, which must not be replaced.
  var files: [InputFile] {
    let parts = [models.model, models.autoencoder, models.encoders, models.tinyAutoencoder]
    let others = options.readPaths + adapters.map(\.path)
    return parts.compactMap { $0 }.flatMap(\.base.checkpoint.files) + (initial?.files ?? [])
      + others.filter { !Paths.isDirectory($0) }.compactMap { try? InputFile.open($0) }
  }

  /// Whether there is a picture to begin with.
  var hasStart: Bool { initial != nil }

  /// What is to be made.
  func request() throws -> PictureRequest {
    var request = try PictureRequest(
      settings, models: models, library: library, start: try start(),
      pictureCount: options.sampling.batch)
    request.prompt = named.prompt
    request.text.embeddings = named.embeddings
    try options.guides.add(to: &request, library)
    if let refiner {
      request.refiner = Refinement(refiner, start: settings.refinerSwitch ?? 0.8)
    }
    return request
  }

  private func start() throws -> PictureStart {
    guard let initial else {
      guard let path = options.files.latents else { return .noise }
      return .given(try LatentFiles.read(path).latents)
    }
    return try initial.start(
      width: settings.width ?? 0, height: settings.height ?? 0,
      strength: settings.strength ?? 0.75)
  }

  /// What makes the pictures; `events` hears of everything.
  func maker(_ events: @escaping (PictureEvent) throws -> Void) throws -> PictureMaker {
    let threads = options.work.threadOptions.count
    let computing = options.computing
    var shelf = NetworkShelf.Options { try computing.pictureBackend(threads: threads, for: $0) }
    shelf.keepsWeights = computing.weights == .keep
    return try PictureMaker(
      models,
      shelf: NetworkShelf(
        library: library,
        reader: ValueReader(
          threads: threads, allowsNonFinite: options.work.allowNonFinite, progress: meter.add),
        options: shelf, events: events),
      tiles: try options.models.tiles(models, library), events: events)
  }
}

extension [AdapterRequest] {
  /// The same adapters at one scale; none at 0.
  fileprivate func scaled(to scale: Double, weighsNorms: Bool) -> [AdapterRequest] {
    guard scale != 0 else { return [] }
    return map { request in
      var request = request
      (request.unetScale, request.textEncoderScale) = (scale, scale)
      if weighsNorms { request.normWeight = scale }
      return request
    }
  }
}
