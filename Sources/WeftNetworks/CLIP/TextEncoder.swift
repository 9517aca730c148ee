package import WeftKernels
import WeftTensors

/// CLIP's encoder of texts: ViT-L of Stable Diffusion 1 and XL, OpenCLIP ViT-H of 2 and ViT-bigG of XL.
///
/// Source: https://github.com/huggingface/transformers/blob/v4.57.1/src/transformers/models/clip/modeling_clip.py
package struct TextEncoder: Sendable {
  private let embeddings: TokenEmbeddings
  private let encoder: CLIPEncoder
  private let finalNorm: LayerNormLayer
  private let projection: LinearLayer?
  private let lastID: Int
  private let namesEnd: Bool

  /// Loads the encoder.
  ///
  /// It ends where `num_hidden_layers` says, even if the file goes on: a single file of Stable Diffusion 2 has 24 layers
  /// and a folder 23, but the rendered configuration counts 23 of both, so that `lastHiddenState` is what the UNet takes.
  package init(
    _ source: any WeightSource, _ file: NetworkConfiguration, _ backend: any Backend
  ) throws {
    let loader = ModuleLoader(source, backend)
    let model = loader["text_model"]
    let file = file.section("text_config")
    let configuration = try CLIPConfiguration(file, heads: 8)
    embeddings = try TokenEmbeddings(model["embeddings"])
    encoder = try CLIPEncoder(model["encoder"], configuration, isCausal: true)
    finalNorm = try LayerNormLayer(model["final_layer_norm"], epsilon: configuration.epsilon)
    projection = try loader.has("text_projection") { try LinearLayer($0) }
    (lastID, namesEnd) = try file.endToken(vocabulary: embeddings.vocabulary)
  }

  /// The number of tokens; learned vectors have the ids from here on.
  package var vocabulary: Int { embeddings.vocabulary }
  /// The number of layers that are run.
  package var layerCount: Int { encoder.layerCount }
  /// The most tokens that a text may have.
  package var length: Int { embeddings.length }
  /// The features of a token.
  package var width: Int { embeddings.width }

  /// Encodes texts.
  ///
  /// - Parameters:
  ///   - ids: as many tokens for each text, at most as many as there are positions.
  ///   - learned: rows for the ids from `vocabulary` on, `[n, C]`, as `TextualInversion` has them.
  ///   - pass: the run.
  /// - Returns: the states of every layer and what is made of them.
  /// - Throws: for ids without a vector and lengths without a position.
  package func callAsFunction(
    _ ids: [[Int]], learned: Tensor? = nil, _ pass: Pass
  ) throws -> TextEncoding {
    let states = try encoder(embeddings(ids, extra: learned, pass), pass)
    let last = try finalNorm(states[states.count - 1], pass)  // [N, T, C]
    let length = last[1]
    let ends = ids.enumerated().map { $0 * length + place(ofEndIn: $1) }
    let pooled = Tensor.rows(ends, of: [last.reshaped([ids.count * length, width])])  // [N, C]
    return TextEncoding(
      hiddenStates: states, lastHiddenState: last, pooled: pooled,
      embeds: try projection.map { try $0(pooled, pass) })  // [N, P]
  }

  /// A hidden state after the final norm, as prompts with a clip skip are taken: `[N, T, C]`.
  package func normalized(_ state: Tensor, _ pass: Pass) throws -> Tensor {
    try finalNorm(state, Pass(pass.backend))
  }

  /// The place of the token that ends a text; for one without it that of the greatest id that is no learned vector's where
  /// the configuration does not name the token, and the first where it does, as in transformers.
  private func place(ofEndIn ids: [Int]) -> Int {
    if let end = ids.firstIndex(of: lastID) { return end }
    guard !namesEnd else { return 0 }
    let known = ids.indices.filter { ids[$0] < lastID }
    let greatest = known.map { ids[$0] }.max()
    return known.first { ids[$0] == greatest } ?? 0
  }
}

extension NetworkConfiguration {
  /// The id of the token that ends a text, and whether the file names it; otherwise it is the last one of CLIP's own.
  ///
  /// Old files say 2, which means nothing.
  /// Source: https://github.com/huggingface/transformers/blob/v4.57.1/src/transformers/models/clip/modeling_clip.py
  fileprivate func endToken(vocabulary: Int) throws -> (id: Int, isNamed: Bool) {
    guard let stated = try count("eos_token_id"), stated != 2, stated < vocabulary else {
      return (vocabulary - 1, false)
    }
    return (stated, true)
  }
}
