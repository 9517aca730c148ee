import WeftFormats
import WeftRecipes

/// The document of a text.
func document(_ yaml: String) throws -> PipelineDocument {
  try PipelineDocument(yaml: Array(yaml.utf8), path: "p.yaml", library: library.get())
}

/// The error that reading a pipeline gives, or nil.
func pipelineProblem(_ yaml: [UInt8], path: String = "p.yaml") throws -> RecipeProblem? {
  let library = try library.get()
  do throws(RecipeProblem) {
    _ = try PipelineDocument(yaml: yaml, path: path, library: library)
    return nil
  } catch {
    return error
  }
}

/// A pipeline with every key.
enum WholePipeline {
  static let text = #"""
    version: 1
    variables:
      adapters: /data/adapters
      strength: 0.8
      pruned: true
      style: ${adapters}/style.safetensors
    inputs:
      - models/*.safetensors
      - {list: civitai.txt}
    exclude: ["*-inpainting*", old/**]
    outputs: out
    steps:
      safe: {scan: input}
      proof: {verify: phone, level: weights, tolerance: 0.01}
      small:
        convert:
        to: safetensors
        layout: ldm
        dtype: f16
        vae: vae/x.safetensors
        ema: prefer
        prune: ${pruned}
        allow_unmatched: ["extra.*"]
        component: unet
        max_shard_size: 5GB
        save: "${name}-small.safetensors"
      tuned:
        fuse: small
        adapters:
          - "${adapters}/detail.safetensors:${strength}"
          - {path: "${style}", scale: "${strength}", norm: 0.5}
        norm: delta
        norm_base: stock.safetensors
        tlora_base: trained.safetensors
        alpha_zero: rank
        sweep: 1.scale=0:1:0.5
        dtype: bf16
        save: "${folder}/${name}-${step}-${variant}.safetensors"
      phone:
        quantize: tuned
        type: Q8_0
        rules: ["*.bias=keep"]
        imatrix: m.dat
        encoder: sdcpp
        for: comfyui
        requantize: true
        saturate: false
        to: gguf
      sheet: {report: input, json: "${name}.json", html: "pages/${name}.html"}
    overrides:
      - match: "*anime*"
        variables: {strength: 0.5}
        steps: {tuned: {norm: lerp, norm_base: null, alpha_zero: ~}}
      - match: models/tiny-?.safetensors
        skip: [tuned]
    """#
}
