package import WeftKernels
import WeftTensors

/// A network that lets a picture guide a UNet: tokens of the picture, and attention to them beside that to the prompt.
///
/// Source: https://github.com/tencent-ailab/IP-Adapter/blob/62e4af9d0c1ac7d5f8dd386a0ccf2211346af1a2/ip_adapter/ip_adapter.py
package struct IPAdapter: Sendable {
  private let projection: ImageTokens
  /// The layers that look at the tokens, by the path of the UNet's attention.
  package let layers: [String: ImageAttention]

  /// Loads an adapter for a UNet.
  ///
  /// - Parameters:
  ///   - source: the adapter's weights, `image_proj.` as diffusers names them and `ip_adapter.` as files do.
  ///   - unet: the UNet's weights, whose attentions tell the layers' order.
  ///   - backend: what computes.
  /// - Throws: when the layers are not those of this UNet, or the projection is of an unknown kind.
  package init(
    _ source: any WeightSource, unet: any WeightSource, _ backend: any Backend
  ) throws {
    let loader = ModuleLoader(source, backend)
    projection = try ImageTokens(source, backend)
    let attentions = CrossAttentions(unet, backend)
    try Self.check(loader["ip_adapter"], attentions, width: projection.width)
    var layers: [String: ImageAttention] = [:]
    for (index, path) in attentions.paths.enumerated() {
      layers[path] = try ImageAttention(loader["ip_adapter.\(CrossAttentions.number(index))"])
    }
    self.layers = layers
  }

  /// Whether tokens are made of all patches of a picture and not of one vector.
  package var takesPatches: Bool { projection.takesPatches }

  /// What tokens are made of: the embeds `[N, P]` or, for adapters called "plus", all patches before the last layer,
  /// `[N, 1 + patches, C]`.
  ///
  /// Without a picture, the former are zeros and the latter those of a picture of zeros.
  package func features(of encoding: VisionEncoding) throws -> Tensor {
    guard !projection.takesPatches else { return encoding.penultimate }
    guard let embeds = encoding.embeds else {
      throw NetworkError.input(
        "the vision encoder has no projection", advice: "use one with visual_projection.weight")
    }
    return embeds
  }

  /// Makes tokens of a picture's features: `[N, k, D]`.
  package func tokens(_ features: Tensor, _ pass: Pass) throws -> Tensor {
    try projection(features, pass)
  }

  /// A prompt for the UNet, of tokens `[N, k, D]`.
  package func prompt(_ tokens: Tensor, scale: Float) -> ImagePrompt {
    ImagePrompt(tokens: tokens, scale: scale, layers: layers)
  }
}

extension IPAdapter {
  /// Refuses an adapter whose layers are not those of the UNet.
  private static func check(
    _ layers: ModuleLoader, _ attentions: CrossAttentions, width: Int
  ) throws {
    func refusal(_ what: String) -> NetworkError {
      NetworkError(
        status: .badData, what: what, place: layers.source.path,
        advice: "use an IP-Adapter of the model's architecture (see weft inspect)")
    }
    for (index, path) in attentions.paths.enumerated() {
      let layer = layers["\(CrossAttentions.number(index))"]
      for leaf in ["to_k_ip.weight", "to_v_ip.weight"] {
        let wanted: Shape = [attentions.channels(path), width]
        guard let shape = layer.shape(leaf) else {
          throw refusal("'\(layer.path).\(leaf)' is missing, for '\(path)' of the UNet")
        }
        guard shape == wanted else {
          throw refusal(
            "'\(layer.path).\(leaf)' is \(shape), but '\(path)' of the UNet takes \(wanted)")
        }
      }
    }
    let next = layers["\(CrossAttentions.number(attentions.paths.count))"]
    guard next.shape("to_k_ip.weight") == nil else {
      throw refusal(
        "the adapter has '\(next.path)', but the UNet has \(attentions.paths.count) attentions")
    }
  }
}
