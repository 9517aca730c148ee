import WeftFiles
import WeftInference
import WeftTensors
import WeftTransform

/// What a picture tells of how it was made: A1111's parameters, and weft's settings to the last digit.
struct PictureRecord {
  /// The keyword of weft's own text.
  static let keyword = "weft"

  private let session: PictureSession
  private let options: PictureOptions
  private let sampling: Sampling
  private let model, vae: ResourceHash?
  private let adapters, embeddings: [ResourceHash]

  /// Hashes what was used, where that is not known already.
  init(_ session: PictureSession, _ options: PictureOptions) throws {
    let hashes = CachedHashes(talk: options.talk, threads: options.work.threadOptions.count)
    func hash(_ path: String, _ kind: ResourceHash.Kind) throws -> ResourceHash? {
      ResourceHash(path: path, try hashes.hashes(path).0, as: kind)
    }
    (self.session, self.options) = (session, options)
    sampling = try Sampling(session.settings, session.models, session.library)
    model = try hash(session.models.model.base.checkpoint.path, .model)
    vae = try options.models.vae.flatMap { try hash($0, .model) }
    adapters = try session.adapters.flatMap { adapter in
      try Self.files(adapter.path).compactMap { file in
        try hash(file, .adapter).map {
          ResourceHash(name: ResourceHash.name(of: adapter.path), digits: $0.digits)
        }
      }
    }
    embeddings = try session.embeddingPaths.compactMap { try hash($0, .embedding) }
  }

  /// The names of files that guide, or take the place of parts of the model.
  private var others: [String] {
    let paths =
      [options.models.encoders, options.models.taesd].compactMap { $0 }
      + options.readPaths.filter { $0 != options.files.from }
    return paths.map(Paths.name)
  }

  /// The files of an adapter: those of a ResAdapter are two in a folder.
  private static func files(_ path: String) -> [String] {
    Paths.isDirectory(path)
      ? AdapterFolder.files(in: path).map { Paths.join(path, $0.name) } : [path]
  }

  /// The texts of one of the pictures.
  func texts(picture index: Int) -> [PictureFile.Text] {
    var parameters = session.settings.parameters(
      sampling, pictureIndex: index, version: "weft \(Version.text)")
    if let model { parameters.setModel(model, vae: vae) }
    parameters.setAdapters(adapters, embeddings: embeddings)
    return [
      PictureFile.Text(PictureFile.parametersKeyword, parameters.text),
      PictureFile.Text(Self.keyword, json(picture: index).compactText),
    ]
  }

  /// The settings, and what else decides the picture, by names and hashes without paths.
  func json(picture index: Int) -> JSONValue {
    var settings = session.settings
    if (settings.variationStrength ?? 0) > 0 {
      settings.variationSeed = settings.variationSeed.map { $0 + index }
    } else {
      settings.seed = settings.seed.map { $0 + index }
    }
    return .object([
      "version": .string(Version.text), "settings": settings.json,
      "model": model.map(Self.json),
      "adapters": .array(
        zip(session.adapters, session.adapters.map { ResourceHash.name(of: $0.path) }).map {
          .object([
            "name": .string($1), "unet": .number($0.unetScale), "te": .number($0.textEncoderScale),
          ])
        }),
      "hashes": .array(adapters.map(Self.json)),
      "norm": .string(options.models.norms.norm.rawValue), "vae": vae.map(Self.json),
      "backend": .string(options.computing.backend.rawValue),
      "precision": .string(options.computing.precision.rawValue),
      "others": .array(others.map { .string($0) }),
    ])
  }

  private static func json(_ hash: ResourceHash) -> JSONValue {
    .object(["name": .string(hash.name), "hash": .string(hash.digits)])
  }
}
