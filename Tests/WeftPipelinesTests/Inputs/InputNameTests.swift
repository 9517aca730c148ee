import Testing
import WeftPipelines

@Suite("The names of models")
struct InputNameTests {
  @Test(
    "leave out what says the format",
    arguments: [
      ("models/a.safetensors", "a"), ("a.ckpt", "a"), ("a.pt", "a"), ("a.pth", "a"), ("a.bin", "a"),
      ("a.gguf", "a"), ("a.safetensors.zst", "a"), ("a.safetensors.wz", "a"), ("x/a.sft", "a"),
      ("a.safetensors.index.json", "a"), ("v1.5-pruned.emaonly.safetensors", "v1.5-pruned.emaonly"),
      ("a.ckpt.safetensors", "a.ckpt"),
    ])
  func files(path: String, name: String) {
    #expect(InputName.stem(of: path) == name)
  }

  @Test(
    "leave what only looks like an ending",
    arguments: [
      ("models/sd-v1.5", "sd-v1.5"), ("models/sd-v1.5/", "sd-v1.5"), ("sdxl.fp16", "sdxl.fp16"),
      (".safetensors", ".safetensors"), ("a", "a"), (".a", ".a"),
    ])
  func folders(path: String, name: String) {
    #expect(InputName.stem(of: path) == name)
  }
}
