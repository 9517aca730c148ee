import Testing
import WeftFormats

@Suite("ComponentFiles")
struct ComponentFilesTests {
  @Test(
    "weight files are named as diffusers and transformers look for them",
    arguments: [
      (
        "unet", nil, "diffusion_pytorch_model.safetensors",
        "diffusion_pytorch_model.safetensors.index.json",
        "diffusion_pytorch_model-00002-of-00003.safetensors"
      ),
      (
        "vae", "fp16", "diffusion_pytorch_model.fp16.safetensors",
        "diffusion_pytorch_model.safetensors.index.fp16.json",
        "diffusion_pytorch_model.fp16-00002-of-00003.safetensors"
      ),
      (
        "text_encoder_2", "fp16", "model.fp16.safetensors",
        "model.safetensors.index.fp16.json", "model.fp16-00002-of-00003.safetensors"
      ),
    ] as [(String, String?, String, String, String)])
  func names(
    component: String, variant: String?, single: String, index: String, shard: String
  ) throws {
    let files = try #require(
      try library.get().weightFiles(of: component, variant: variant))
    #expect(files.single == single)
    #expect(files.index == index)
    #expect(files.shard(2, of: 3) == shard)
  }

  @Test("a part without weights has no weight files")
  func noWeights() throws {
    #expect(try library.get().weightFiles(of: "scheduler") == nil)
  }
}
