import WeftFiles
package import WeftFormats
import WeftTensors
package import WeftTransform

extension NetworkConfiguration {
  /// How noise is added for a model and removed again: the `scheduler_config.json` of its own folder, or what its architecture
  /// says.
  ///
  /// - Throws: when neither is known.
  package static func scheduler(
    of model: BaseModel, library: FormatLibrary
  ) throws -> NetworkConfiguration {
    let own = Paths.join(model.checkpoint.path, FormatLibrary.schedulerPath)
    if model.checkpoint.format == .diffusers, Paths.exists(own) {
      return NetworkConfiguration(try readJSON(own), path: own, origin: .folder)
    }
    guard let architecture = model.recognition.architecture else { throw unknown(model) }
    let prediction = try library.prediction(
      of: architecture, tensors: model.checkpoint.tensors.map(\.info.name),
      metadata: model.checkpoint.metadata
    ).prediction
    guard !prediction.isEDM,
      let value = try library.schedulerConfiguration(architecture, prediction: prediction)
    else { throw unknown(model) }
    return NetworkConfiguration(value, path: model.checkpoint.path, origin: .architecture)
  }

  private static func unknown(_ model: BaseModel) -> NetworkError {
    NetworkError(
      status: .refused, what: "how this model removes noise is not known",
      place: model.checkpoint.path,
      advice: "use a model that weft inspect names, or a diffusers folder with its scheduler")
  }
}
