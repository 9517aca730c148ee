package import WeftFormats
package import WeftTransform
import WeftFiles
import WeftTensors

extension BaseModel {
  /// How noise is removed from this model's latents: as its own folder says, or its architecture; nil when not known.
  package func scheduler(_ library: FormatLibrary) throws -> NetworkConfiguration? {
    let own = Paths.join(checkpoint.path, FormatLibrary.schedulerPath)
    if checkpoint.format == .diffusers, Paths.exists(own) {
      return NetworkConfiguration(try readPythonJSON(own), path: own, origin: .folder)
    }
    guard let architecture = recognition.architecture else { return nil }
    let prediction = try library.prediction(
      of: architecture, tensors: checkpoint.tensors.map(\.info.name), metadata: checkpoint.metadata
    ).prediction
    guard !prediction.isEDM,
      let value = try library.schedulerConfiguration(architecture, prediction: prediction)
    else { return nil }
    return NetworkConfiguration(value, path: checkpoint.path, origin: .architecture)
  }
}
