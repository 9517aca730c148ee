package import WeftKernels
import WeftTensors

/// CLIP's encoder of pictures: ViT-L, ViT-H and ViT-bigG.
///
/// Source: https://github.com/huggingface/transformers/blob/v4.57.1/src/transformers/models/clip/modeling_clip.py
package struct VisionEncoder: Sendable {
  private let embeddings: PatchEmbeddings
  private let normIn, normOut: LayerNormLayer
  private let encoder: CLIPEncoder
  private let projection: LinearLayer?

  /// Loads the encoder; it ends where `num_hidden_layers` says, if the configuration does.
  package init(
    _ source: any WeightSource, _ file: NetworkConfiguration, _ backend: any Backend
  ) throws {
    let loader = ModuleLoader(source, backend)
    let model = loader["vision_model"]
    let configuration = try CLIPConfiguration(file.section("vision_config"), heads: 12)
    embeddings = try PatchEmbeddings(model["embeddings"])
    // Spelled so in every file.
    normIn = try LayerNormLayer(model["pre_layrnorm"], epsilon: configuration.epsilon)
    encoder = try CLIPEncoder(model["encoder"], configuration, isCausal: false)
    normOut = try LayerNormLayer(model["post_layernorm"], epsilon: configuration.epsilon)
    projection = try loader.has("visual_projection") { try LinearLayer($0) }
  }

  /// The height and width of the pictures.
  package var size: Int { embeddings.size }

  /// Encodes pictures, `[N, channels, size, size]`, with the means and deviations that CLIP was trained with.
  package func callAsFunction(_ pixels: Tensor, _ pass: Pass) throws -> VisionEncoding {
    let x = try normIn(embeddings(pixels, pass), pass)  // [N, 1 + patches, C]
    let states = try encoder(x, pass)
    let first = try pass.backend.slice(states[states.count - 1], 0..<1)  // [N, 1, C]
    let pooled = try normOut(first.reshaped([first[0], first[2]]), pass)  // [N, C]
    return VisionEncoding(
      hiddenStates: states, pooled: pooled, embeds: try projection.map { try $0(pooled, pass) })
  }
}

/// What a vision encoder makes of pictures.
package struct VisionEncoding: Sendable {
  /// What goes into the first layer, then the output of each layer, without a norm: `[N, 1 + patches, C]`.
  package let hiddenStates: [Tensor]
  /// The picture's own vector after the last norm, `[N, C]`.
  package let pooled: Tensor
  /// The projected `pooled`, `[N, P]`; nil for encoders without a projection.
  package let embeds: Tensor?

  /// The last layer's output, `[N, 1 + patches, C]`.
  package var lastHiddenState: Tensor { hiddenStates[hiddenStates.count - 1] }
  /// The output of the layer before the last, `[N, 1 + patches, C]`.
  package var penultimate: Tensor { hiddenStates[max(0, hiddenStates.count - 2)] }
}
