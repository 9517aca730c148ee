import WeftFiles
import WeftFormats
import WeftTensors
import WeftTransform

extension NetworkConfiguration {
  /// The configuration of a component: the given file's, that of the model's own folder, or what its architecture says.
  ///
  /// A component of no known architecture has an empty one: everything is as diffusers and transformers assume it.
  static func find(
    for component: String, of model: BaseModel, isRecognized: Bool, path: String?,
    library: FormatLibrary
  ) throws -> NetworkConfiguration {
    let own = path == nil ? ownFile(of: component, in: model.checkpoint) : nil
    if let path = path ?? own {
      let value = try readJSON(path)
      guard value.members != nil else {
        throw NetworkError(
          status: .badData, what: "this is no configuration of a network", place: path,
          advice: "give a config.json of diffusers or transformers")
      }
      return NetworkConfiguration(value, path: path, origin: own == nil ? .given : .folder)
    }
    guard isRecognized, let architecture = model.recognition.architecture,
      library.hasConfiguration(of: component, architecture)
    else {
      return NetworkConfiguration(.object([]), path: model.checkpoint.path, origin: .assumed)
    }
    let measured = model.recognition.dimensions[component] ?? [:]
    let published = try architecture.component(component)?.dimensions() ?? [:]
    let isPublished = measured.allSatisfy { published[$0.key] == $0.value }
    let file = try library.configuration(
      of: component, architecture, dimensions: measured, prediction: .epsilon)
    return NetworkConfiguration(
      try JSONValue(parsing: file.bytes), path: model.checkpoint.path,
      origin: isPublished ? .architecture : .assumed)
  }

  /// The file of a diffusers folder, of a whole model or of one component.
  private static func ownFile(of component: String, in checkpoint: Checkpoint) -> String? {
    guard checkpoint.format == .diffusers else { return nil }
    let folder = Paths.join(checkpoint.path, component)
    return [folder, checkpoint.path].map { Paths.join($0, "config.json") }
      .first(where: Paths.exists)
  }
}
