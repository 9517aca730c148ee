import WeftFiles
package import WeftFormats
import WeftNetworks
import WeftTensors
import WeftTransform

extension PictureModels {
  /// What a latent is multiplied by before the UNet looks at it: as the model's autoencoder says, or its architecture.
  func latentScale(_ library: FormatLibrary) throws -> Float {
    let autoencoders = [model, autoencoder ?? model]
    let own = autoencoders.first { $0.base.components.contains("vae") }
    let configuration =
      try own.flatMap { try NetworkConfiguration.stated(for: "vae", of: $0.base, library: library) }
      ?? NetworkConfiguration.usual(for: "vae", of: model.base, library: library)
    if let configuration, let scale = try configuration.number("scaling_factor") { return scale }
    throw InferenceError(
      status: .refused, what: "the scale of this model's latents is not known",
      place: model.base.checkpoint.path,
      advice: "use a model that weft inspect names, or a diffusers folder with vae/config.json")
  }

  /// The height and width in pixels that the model was made for.
  package func usualSide(_ library: FormatLibrary) throws -> Int {
    let configuration =
      try NetworkConfiguration.stated(for: "unet", of: model.base, library: library)
      ?? NetworkConfiguration.usual(for: "unet", of: model.base, library: library)
    return LatentCoder.factor * (try configuration?.count("sample_size") ?? 64)
  }
}

extension NetworkConfiguration {
  /// A component's own file in a diffusers folder; nil where there is none.
  fileprivate static func stated(
    for component: String, of model: BaseModel, library: FormatLibrary
  ) throws -> NetworkConfiguration? {
    guard model.checkpoint.format == .diffusers else { return nil }
    let path = Paths.join(Paths.join(model.checkpoint.path, component), "config.json")
    guard Paths.exists(path) else { return nil }
    return NetworkConfiguration(try readJSON(path), path: path, origin: .folder)
  }

  /// What a model's architecture says of a component that the model may lack; nil where it says nothing.
  fileprivate static func usual(
    for component: String, of model: BaseModel, library: FormatLibrary
  ) throws -> NetworkConfiguration? {
    guard let architecture = model.recognition.architecture,
      library.hasConfiguration(of: component, architecture)
    else { return nil }
    let prediction = try library.prediction(
      of: architecture, tensors: model.checkpoint.tensors.map(\.info.name),
      metadata: model.checkpoint.metadata
    ).prediction
    let file = try library.configuration(
      of: component, architecture, dimensions: model.recognition.dimensions[component] ?? [:],
      prediction: prediction)
    return NetworkConfiguration(
      try JSONValue(parsing: file.bytes), path: model.checkpoint.path, origin: .architecture)
  }
}

extension PictureModels {
  /// The channels of a latent.
  package var latentChannelCount: Int {
    let output = CanonicalName(component: "unet", path: "conv_out.weight")
    return model.base.stored[output]?.shape.dimensions[0] ?? 4
  }
}
