package import WeftKernels
import WeftTensors

/// What makes tokens of a picture's features: the part of an IP-Adapter that needs no UNet.
package struct ImageTokens: Sendable {
  private enum Projection: Sendable {
    /// Of the picture's one vector.
    case plain(ImageProjection)
    /// Of all its patches, as the adapters called "plus" do.
    case plus(Resampler)
  }

  private let projection: Projection

  /// Loads `image_proj`.
  ///
  /// - Throws: when it is of an unknown kind, or tensors do not fit.
  package init(_ source: any WeightSource, _ backend: any Backend) throws {
    let loader = ModuleLoader(source, backend)["image_proj"]
    if loader.shape("latents") != nil {
      projection = .plus(try Resampler(loader))
    } else if loader["image_embeds"].shape("weight") != nil {
      projection = .plain(try ImageProjection(loader))
    } else {
      throw NetworkError(
        status: .badData, what: "the adapter's projection of pictures is of an unknown kind",
        place: source.path,
        advice: "use an IP-Adapter with image_proj.proj or image_proj.latents")
    }
  }

  /// Whether tokens are made of all patches and not of one vector.
  package var takesPatches: Bool { if case .plus = projection { true } else { false } }

  /// The features of a token.
  var width: Int {
    switch projection {
    case .plain(let projection): projection.width
    case .plus(let resampler): resampler.width
    }
  }

  /// Makes tokens of embeds `[N, P]` or patches `[N, 1 + patches, C]`: `[N, k, D]`.
  package func callAsFunction(_ features: Tensor, _ pass: Pass) throws -> Tensor {
    let rank = takesPatches ? 3 : 2
    guard features.shape.rank == rank else {
      throw NetworkError.input(
        "the picture's features are \(features.shape), but must have \(rank) axes",
        advice: "give \(takesPatches ? "the hidden states before the last layer" : "image_embeds")")
    }
    return switch projection {
    case .plain(let projection): try projection(features, pass)  // [N, k, D]
    case .plus(let resampler): try resampler(features, pass)  // [N, queries, D]
    }
  }
}
