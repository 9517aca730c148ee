package import WeftKernels
import WeftTensors

/// Attention with its projections: `[N, T, C]` looks at `[N, S, D]`.
package struct Attention: Sendable {
  let path: String
  private let toQuery, toKey, toValue, toOut: LinearLayer
  private let options: AttentionOptions

  /// The names of the projections in a module.
  package struct Names: Sendable {
    let query, key, value, out: String

    /// As diffusers names them.
    package static let diffusers = Names(
      query: "to_q", key: "to_k", value: "to_v", out: "to_out.0")
    /// As transformers names them.
    package static let transformers = Names(
      query: "q_proj", key: "k_proj", value: "v_proj", out: "out_proj")
  }

  /// Loads the projections.
  package init(
    _ loader: ModuleLoader, heads: Int, isCausal: Bool = false, names: Names = .diffusers
  ) throws {
    path = loader.path
    toQuery = try LinearLayer(loader[names.query])
    toKey = try LinearLayer(loader[names.key])
    toValue = try LinearLayer(loader[names.value])
    toOut = try LinearLayer(loader[names.out])
    options = AttentionOptions(heads: heads, isCausal: isCausal)
    let width = toQuery.outputCount
    guard [toKey.outputCount, toValue.outputCount, toOut.inputCount].allSatisfy({ $0 == width })
    else {
      throw NetworkError.weight(
        "the layers of '\(path)' do not fit together", at: loader.source.path)
    }
    guard heads > 0, width % heads == 0 else {
      throw NetworkError.weight(
        "'\(path)' has \(width) channels, which are no \(heads) heads", at: loader.source.path)
    }
  }

  /// Looks at a prompt, at `context`, or at `x` itself, and adds `residual`.
  package func callAsFunction(
    _ x: Tensor, prompt: Conditioning? = nil, context: Tensor? = nil, residual: Tensor,
    _ pass: Pass
  ) throws -> Tensor {
    let query = try toQuery(x, pass)  // [N, T, C]
    let (key, value) = try keyAndValue(context ?? x, prompt, pass)  // [N, S, C]
    var mixed = try pass.backend.attention(query, key, value, options)  // [N, T, C]
    for image in prompt?.images ?? [] {
      guard let layers = image.layers[path] else { continue }
      let seen = try layers(query, image.tokens, options, pass)  // [N, T, C]
      mixed = try pass.backend.add(mixed, seen, factor: image.scale)
    }
    return try toOut(mixed, pass, Epilogue(residual: residual), parent: path)
  }

  /// Those of a prompt are kept for the next step, unless somebody looks on, who shall see every layer.
  private func keyAndValue(
    _ own: Tensor, _ prompt: Conditioning?, _ pass: Pass
  ) throws -> PromptMemory.Pair {
    func make(_ context: Tensor) throws -> PromptMemory.Pair {
      (try toKey(context, pass), try toValue(context, pass))  // [N, S, C]
    }
    guard let prompt else { return try make(own) }
    guard !pass.isObserved else { return try make(prompt.text) }
    return try prompt.keysAndValues.pair(for: toKey.weight) { try make(prompt.text) }
  }
}
