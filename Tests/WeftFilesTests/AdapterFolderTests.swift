import Testing
import WeftFiles

@Suite("AdapterFolder")
struct AdapterFolderTests {
  @Test(
    "the files of an adapter are known by their names",
    arguments: [
      (
        ["pytorch_lora_weights.safetensors", "notes.txt"], ["pytorch_lora_weights.safetensors"], ""
      ),
      (
        ["diffusion_pytorch_model.safetensors", "pytorch_lora_weights.safetensors"],
        ["pytorch_lora_weights.safetensors", "diffusion_pytorch_model.safetensors"], ""
      ), (["adapter_model.safetensors", "adapter_model.bin"], ["adapter_model.safetensors"], ""),
      (["adapter_model.bin"], ["adapter_model.bin"], ""),
      (["unet/adapter_model.safetensors"], ["unet/adapter_model.safetensors"], "unet/"),
      (
        ["text_encoder/adapter_model.bin", "text_encoder/config.json"],
        ["text_encoder/adapter_model.bin"], "text_encoder/"
      ), (["model_index.json", "unet/adapter_model.safetensors"], [], ""),
      (["config.json", "diffusion_pytorch_model.safetensors"], [], ""), (["vae/x"], [], ""),
    ])
  func files(names: [String], expected: [String], prefix: String) throws {
    let folder = try Scratch()
    for name in names { try folder.write("", to: name) }
    let files = AdapterFolder.files(in: folder.path)
    #expect(files.map(\.name) == expected)
    #expect(files.allSatisfy { $0.prefix == prefix })
  }
}
