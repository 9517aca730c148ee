/// A folder that holds an adapter under the names that diffusers and PEFT give its files.
package enum AdapterFolder {
  /// A file of an adapter.
  package struct File: Sendable, Equatable {
    /// The path below the folder.
    package let name: String
    /// What the names of its tensors get in front of them: the component, when each has a folder of its own.
    package let prefix: String
  }

  /// The low-rank half of a ResAdapter, or any LoRA that diffusers saved.
  package static let lowRankName = "pytorch_lora_weights.safetensors"
  /// The norm half of a ResAdapter; a component of a model has the same name.
  package static let normName = "diffusion_pytorch_model.safetensors"
  /// What PEFT saves, and what it saved before.
  static let peftNames = ["adapter_model.safetensors", "adapter_model.bin"]
  /// The names of pipelines' components that adapters change.
  static let components = ["unet", "text_encoder", "text_encoder_2"]

  /// The adapter files of a folder; none when the folder is a model's.
  package static func files(in folder: String) -> [File] {
    let names = Paths.names(in: folder)
    guard !names.contains("model_index.json"), !names.contains("config.json") else { return [] }
    let halves = [lowRankName, normName].filter(names.contains)
    // The norm half has a component's name, but a component has a configuration beside it.
    if !halves.isEmpty { return halves.map { File(name: $0, prefix: "") } }
    if let name = peftNames.first(where: names.contains) { return [File(name: name, prefix: "")] }
    return components.compactMap { component in
      let names = Paths.names(in: Paths.join(folder, component))
      guard let name = peftNames.first(where: names.contains) else { return nil }
      return File(name: Paths.join(component, name), prefix: component + "/")
    }
  }
}
