import ArgumentParser
import WeftFiles
import WeftInference
import WeftTensors

/// One run of a command that makes pictures: everything is checked, then made, then written.
struct PictureJob {
  private let options: PictureOptions
  private let session: PictureSession
  private let initial: InitialPicture?

  /// Reads the headers of the models, and pictures that are given; nothing is computed.
  init(_ model: String, _ options: PictureOptions, _ start: PictureStartOptions) throws {
    self.options = options
    initial = try start.picture
    let former = try options.files.from.map { try FormerPicture($0) }
    var settings = try options.settings.completed(by: former?.settings ?? PictureSettings())
    settings.strength = initial == nil ? nil : start.initial?.strength ?? settings.strength
    if initial == nil { try settings.requirePrompt() }
    if initial != nil, options.files.latents != nil {
      throw ValidationError("--latents are noise to begin with: leave them out beside --init")
    }
    if settings.seed == -1 { settings.seed = Int.random(in: 0...Int(UInt32.max)) }
    session = try PictureSession(model, options, settings, initial: initial)
    try former?.warn(about: session, options)
    if !options.talk.quiet { session.notes.forEach(Console.warn) }
  }

  /// Makes the pictures and writes them.
  func run() throws {
    let request = try session.request()
    let outputs = try PictureOutputs(options, inputs: session.files)
    let progress = PictureProgress(options.talk, session.meter)
    let preview = try PreviewFile(options.files, replacing: options.work.force) { [session] in
      try session.maker { _ in }.coder
    }
    let steps = LatentLog(options.files)
    Interruption.endProgramCleanly()
    let maker = try session.maker { event in
      progress.hear(event)
      steps.hear(event)
      try preview?.hear(event)
    }
    let made = try maker(request)
    progress.finish()
    let pictures = try made.map { picture in
      let painted = Picture.pictures(picture.picture, .signed)[0]
      return try initial?.pastedBack(painted) ?? painted
    }
    try outputs.write(pictures, session, latents: made, steps: steps)
    PictureReport(
      outputs: outputs, pictures: pictures, session: session, progress: progress
    ).show(options.talk)
  }
}

/// The latents after every step, kept for a file.
final class LatentLog {
  private let isKept: Bool
  /// The latents by step.
  private(set) var steps: [Latents] = []

  init(_ options: PictureFileOptions) { isKept = options.saveSteps != nil }

  /// Keeps a step's latents.
  func hear(_ event: PictureEvent) {
    if isKept, case .stepped(_, _, let latents) = event { steps.append(latents) }
  }
}

extension PictureSettings {
  /// Refuses a run without a word of what is wanted; an empty prompt is one.
  func requirePrompt() throws {
    guard prompt == nil else { return }
    throw ValidationError("what is wanted? add --prompt, or --from a picture")
  }
}
