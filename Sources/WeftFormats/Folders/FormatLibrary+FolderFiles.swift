package import WeftTensors

extension FormatLibrary {
  /// The configurations, scheduler and tokenizer files that make weights a model of diffusers, by path.
  ///
  /// `components` are those whose weights are in the folder, and `dimensions` their numbers as
  /// `Recognition.dimensions` gives them; a component that is not measured has those of the real model. Throws for an
  /// architecture without a pipeline, and for a component without a configuration.
  package func folderFiles(
    _ architecture: Architecture, components: [String], dimensions: [String: Dimensions],
    prediction: Prediction
  ) throws(FormatError) -> [FolderFile] {
    let renderer = try FolderRenderer(
      self, architecture, components: components, dimensions: dimensions, prediction: prediction)
    let configurations = try renderer.configurations()
    var files = configurations.map { FolderFile(path: $0.path, bytes: $0.value.fileBytes) }
    files += try renderer.vocabularies()
    files.append(
      FolderFile(
        path: "model_index.json", bytes: try renderer.modelIndex(configurations).fileBytes))
    return files.sorted { $0.path.utf8.lexicographicallyPrecedes($1.path.utf8) }
  }

  /// Whether there is a configuration of a component for models of an architecture.
  package func hasConfiguration(of component: String, _ architecture: Architecture) -> Bool {
    let path = FolderRenderer.config(component)
    return (try? pipeline(for: architecture))?.files.contains { $0.path == path } ?? false
  }

  /// The configuration of a component that stands alone in its folder, at the path `config.json`.
  package func configuration(
    of component: String, _ architecture: Architecture, dimensions: Dimensions,
    prediction: Prediction
  ) throws(FormatError) -> FolderFile {
    let renderer = try FolderRenderer(
      self, architecture, components: [component], dimensions: [component: dimensions],
      prediction: prediction)
    let path = FolderRenderer.config(component)
    guard let file = renderer.pipeline.files.first(where: { $0.path == path }) else {
      throw .malformed(
        file: "pipelines/\(renderer.pipeline.id).json", what: "there is no '\(path)'")
    }
    return FolderFile(path: "config.json", bytes: try renderer.value(of: file).fileBytes)
  }

  /// The configuration of the scheduler that models of an architecture are run with; nil when it is not known.
  package func schedulerConfiguration(
    _ architecture: Architecture, prediction: Prediction
  ) throws(FormatError) -> JSONValue? {
    let renderer = try FolderRenderer(
      self, architecture, components: ["unet"], dimensions: [:], prediction: prediction)
    guard let file = renderer.pipeline.files.first(where: { $0.path == Self.schedulerPath }) else {
      return nil
    }
    return try renderer.value(of: file)
  }

  /// Where a folder has the configuration of its scheduler.
  package static let schedulerPath = "scheduler/scheduler_config.json"
}
