import WeftKernels
import WeftTensors

/// Learned queries that look at a picture's patches layer by layer: `[N, patches, E]` to `[N, queries, D]`.
/// Source: https://github.com/tencent-ailab/IP-Adapter/blob/62e4af9d0c1ac7d5f8dd386a0ccf2211346af1a2/ip_adapter/resampler.py
struct Resampler: Sendable {
  private let queries: Tensor
  private let projectionIn, projectionOut: LinearLayer
  private let normOut: LayerNormLayer
  private let layers: [ResamplerLayer]

  init(_ loader: ModuleLoader) throws {
    let latents = try loader.tensor("latents")  // [1, queries, C]
    projectionIn = try LinearLayer(loader["proj_in"])
    projectionOut = try LinearLayer(loader["proj_out"])
    normOut = try LayerNormLayer(loader["norm_out"])
    guard latents.shape.rank == 3, latents[0] == 1, latents[2] == projectionIn.outputCount else {
      throw NetworkError.weight(
        "'\(loader.path).latents' is \(latents.shape), but a query has "
          + "\(projectionIn.outputCount) features", at: loader.source.path)
    }
    queries = latents.reshaped([latents[1], latents[2]])  // [queries, C]
    layers = try (0..<loader.count("layers", leaf: "ln0.weight")).map {
      try ResamplerLayer(loader["layers.\($0)"])
    }
  }

  /// The features of a token.
  var width: Int { projectionOut.outputCount }

  /// Makes tokens.
  func callAsFunction(_ x: Tensor, _ pass: Pass) throws -> Tensor {
    let patches = try projectionIn(x, pass)  // [N, patches, C]
    var tokens = queries.repeated(x[0], rows: queries[0])  // [N, queries, C]
    for layer in layers { tokens = try layer(tokens, patches, pass) }
    return try normOut(projectionOut(tokens, pass), pass)  // [N, queries, D]
  }
}

/// A layer of a resampler: the tokens look at the patches and themselves: `[N, queries, C]`.
struct ResamplerLayer: Sendable {
  private let path: String
  private let normPatches, normTokens, normIn: LayerNormLayer
  private let attention: Attention
  private let first, second: LinearLayer

  /// The channels of a head, which are the same in all files.
  private static let headWidth = 64

  init(_ loader: ModuleLoader) throws {
    path = loader.path
    normPatches = try LayerNormLayer(loader["ln0"])
    normTokens = try LayerNormLayer(loader["ln1"])
    let channels = loader["attn.to_q"].shape("weight")?.rowCount ?? 0
    guard channels % Self.headWidth == 0 else {
      throw NetworkError.weight(
        "'\(path)' has \(channels) channels, which are no heads of \(Self.headWidth)",
        at: loader.source.path)
    }
    attention = try Attention(loader["attn"], heads: channels / Self.headWidth)
    normIn = try LayerNormLayer(loader["ff.0"])
    first = try LinearLayer(loader["ff.1.net.0.proj"])
    second = try LinearLayer(loader["ff.1.net.2"])
  }

  /// Runs the layer.
  func callAsFunction(_ tokens: Tensor, _ patches: Tensor, _ pass: Pass) throws -> Tensor {
    let own = try normTokens(tokens, pass)  // [N, queries, C]
    let looked = try normPatches(patches, pass)  // [N, patches, C]
    let seen = try pass.backend.concatenate([looked, own])  // [N, patches + queries, C]
    let x = try attention(own, context: seen, residual: tokens, pass)  // [N, queries, C]
    let wide = try first(normIn(x, pass), pass, Epilogue(activation: .gelu))  // [N, queries, 4C]
    return try pass.emit(path, try second(wide, pass, Epilogue(residual: x)))  // [N, queries, C]
  }
}
