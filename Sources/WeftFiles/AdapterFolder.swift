/// A folder that holds an adapter under the names that diffusers and PEFT give its files.
package enum AdapterFolder {
  /// The low-rank half of a ResAdapter, or any LoRA that diffusers saved.
  package static let lowRankName = "pytorch_lora_weights.safetensors"
  /// The norm half of a ResAdapter; a component of a model has the same name.
  package static let normName = "diffusion_pytorch_model.safetensors"
  /// What PEFT saves.
  package static let peftName = "adapter_model.safetensors"

  /// The adapter files of a folder; none when the folder is a model's.
  package static func fileNames(in folder: String) -> [String] {
    let names = Paths.names(in: folder)
    guard !names.contains("model_index.json"), !names.contains("config.json") else { return [] }
    let halves = [lowRankName, normName].filter(names.contains)
    // The norm half has a component's name, but a component has a configuration beside it.
    if !halves.isEmpty { return halves }
    return names.contains(peftName) ? [peftName] : []
  }
}
