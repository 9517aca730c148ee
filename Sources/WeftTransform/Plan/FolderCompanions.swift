import WeftFiles
import WeftFormats
import WeftTensors

/// The small files that make components' weights a diffusers model: configurations, scheduler and tokenizers.
///
/// A folder's own files are kept; a single file gets those of its architecture, with the sizes of its own tensors.
struct FolderCompanions {
  let base: BaseModel
  let infos: [TensorInfo]
  let library: FormatLibrary

  func files() throws -> [SmallOutputFile] {
    if base.checkpoint.format == .diffusers {
      return try DiffusersFolder.companions(of: base.checkpoint.path, keeping: components)
    }
    guard let architecture = base.recognition.architecture else { return [] }
    let prediction = try prediction(of: architecture).prediction
    return try rendered(architecture, prediction: prediction).map {
      SmallOutputFile(name: $0.path, bytes: $0.bytes)
    }
  }

  private func rendered(
    _ architecture: Architecture, prediction: Prediction
  ) throws -> [FolderFile] {
    let dimensions = base.recognition.dimensions
    if let sole = base.soleComponent {
      return [
        try library.configuration(
          of: sole, architecture, dimensions: dimensions[sole] ?? [:], prediction: prediction)
      ]
    }
    return try library.folderFiles(
      architecture, components: components, dimensions: dimensions, prediction: prediction)
  }

  /// What the network predicts, when that is not the usual noise, with what tells it: the scheduler is set for it.
  func note() throws -> String? {
    guard base.checkpoint.format != .diffusers, base.soleComponent == nil,
      let architecture = base.recognition.architecture
    else { return nil }
    let (prediction, evidence) = try prediction(of: architecture)
    return prediction == .epsilon
      ? nil : "the scheduler is set for \(prediction.target.rawValue): \(evidence)"
  }

  private func prediction(
    of architecture: Architecture
  ) throws -> (prediction: Prediction, evidence: String) {
    try library.prediction(
      of: architecture, tensors: base.checkpoint.tensors.map(\.info.name),
      metadata: base.checkpoint.metadata)
  }

  /// The components whose weights are in the output.
  private var components: [String] {
    Set(infos.compactMap { DiffusersFolder.split($0.name).component })
      .subtracting([DiffusersFolder.extrasComponent]).sorted()
  }
}
