import WeftTransform
import WeftFiles
import WeftInference
import WeftTensors

/// A picture that was made before, whose settings are taken again.
struct FormerPicture {
  /// What it was made with.
  let settings: PictureSettings
  private let path: String
  /// The first digits of the model's hash.
  private let modelHash: String?
  private let adapters: [String]

  /// Reads what a picture tells.
  ///
  /// - Throws: for a picture that tells nothing.
  init(_ path: String) throws {
    let file = try PictureFile.read(path)
    self.path = path
    let parameters = file[PictureFile.parametersKeyword].map {
      GenerationParameters(parsing: $0)
    }
    if let text = file[PictureRecord.keyword] {
      guard let value = try? JSONValue(parsing: Array(text.utf8)), let own = value["settings"],
        own.members != nil
      else { throw Self.damaged(path) }
      settings = try PictureSettings(own, path: path)
      modelHash = value["model"]?["hash"]?.text
      adapters = (value["adapters"]?.elements ?? []).compactMap { $0["name"]?.text }
    } else if let parameters {
      settings = PictureSettings(parameters)
      guard settings.seed != nil || parameters["Seed"] == nil else { throw Self.damaged(path) }
      modelHash = parameters["Model hash"]
      adapters = parameters.adapterHashes.map(\.name)
    } else {
      throw InferenceError(
        status: .badData, what: "the picture does not tell how it was made", place: path,
        advice: "give one that weft or A1111 made, and that no other program wrote again")
    }
  }

  private static func damaged(_ path: String) -> InferenceError {
    InferenceError(
      status: .badData, what: "what the picture tells of itself cannot be read", place: path,
      advice: "another program changed it: give the settings as options")
  }

  /// Tells of models and adapters that are others than the picture's.
  func warn(about session: PictureSession, _ options: PictureOptions) throws {
    guard !options.talk.quiet else { return }
    if settings.strength != nil, !session.hasStart {
      Console.warn(
        "\(path) was made of another picture, which is not given: use weft img2img --init")
    }
    let given = Set(session.adapters.map { ResourceHash.name(of: $0.path) })
    for name in adapters where !given.contains(name) {
      Console.warn("\(path) was made with the adapter '\(name)', which is not given: add --adapter")
    }
    guard let modelHash else { return }
    let model = session.models.model.base.checkpoint.path
    let hashes = CachedHashes(talk: options.talk, threads: options.work.threadOptions.count)
    if let hash = ResourceHash(path: model, try hashes.hashes(model).0, as: .model),
      !hash.digits.hasPrefix(modelHash.lowercased())
    {
      Console.warn("\(path) was made with the model \(modelHash), and this one is \(hash.digits)")
    }
  }
}
