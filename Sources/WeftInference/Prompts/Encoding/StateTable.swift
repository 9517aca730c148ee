import WeftKernels

/// The states of all chunks of a job, each of which is computed once by each encoder.
struct StateTable: Sendable {
  /// What decides what an encoder makes of a chunk.
  private struct Key: Hashable {
    let ids: [Int]
    let fillStart: Int

    init(_ chunk: PromptChunk) { (ids, fillStart) = (chunk.ids, chunk.fillStart) }
  }

  private let places: [Key: Int]
  /// The states by encoder, then by place.
  private let states: [[PromptTextEncoder.States]]
  private let encoders: [PromptTextEncoder]
  private let empty: PromptChunk

  /// Computes chunks and that of the empty prompt.
  init(
    _ chunks: [PromptChunk], _ prompts: PromptTokenizer, _ encoders: [PromptTextEncoder],
    _ backend: any Backend
  ) throws {
    (self.encoders, empty) = (encoders, prompts.empty)
    var places: [Key: Int] = [:]
    var distinct: [PromptChunk] = []
    for chunk in chunks + [empty] where places[Key(chunk)] == nil {
      places[Key(chunk)] = distinct.count
      distinct.append(chunk)
    }
    self.places = places
    states = try encoders.map { try $0.states(of: distinct, prompts.tokenizer, backend) }
  }

  /// The features of a token of all encoders.
  private var width: Int { encoders.reduce(0) { $0 + $1.width } }

  /// The empty prompt.
  var emptyContext: PromptContext { contexts(of: [empty], style: .plain)[0] }

  /// Zeros of the empty prompt's size.
  var zeros: PromptContext {
    let size = emptyContext
    return PromptContext(
      tokens: size.tokens.map { _ in 0 }, pooled: size.pooled.map { $0.map { _ in 0 } },
      width: width)
  }

  /// The contexts of chunks that stand at one place in the texts of a schedule.
  func contexts(of chunks: [PromptChunk], style: PromptStyle) -> [PromptContext] {
    let weighted = encoders.indices.map { encoder in
      emphasized(chunks.map { states($0, encoder).tokens }, chunks, style, encoder)
    }
    return chunks.indices.map { chunk in
      PromptContext(
        tokens: sideBySide(weighted.map { $0[chunk] }, rows: chunks[chunk].ids.count),
        pooled: encoders.indices.lazy.compactMap { states(chunks[chunk], $0).pooled }.first,
        width: width)
    }
  }

  private func states(_ chunk: PromptChunk, _ encoder: Int) -> PromptTextEncoder.States {
    states[encoder][places[Key(chunk)] ?? 0]
  }

  private func emphasized(
    _ tokens: [[Float]], _ chunks: [PromptChunk], _ style: PromptStyle, _ encoder: Int
  ) -> [[Float]] {
    switch style {
    case .a1111: EmphasisArithmetic.keepMean(tokens, weights: chunks.map(\.weights))
    case .comfyui:
      zip(tokens, chunks).map {
        EmphasisArithmetic.moveAway(
          $0, from: states(empty, encoder).tokens, weights: $1.weights)
      }
    case .plain: tokens
    }
  }

  /// The features of several encoders beside one another: `[T, C₁]`, `[T, C₂]` to `[T, C₁ + C₂]`.
  private func sideBySide(_ parts: [[Float]], rows: Int) -> [Float] {
    guard parts.count > 1 else { return parts[0] }
    var result: [Float] = []
    result.reserveCapacity(rows * width)
    for row in 0..<rows {
      for (part, encoder) in zip(parts, encoders) {
        result += part[row * encoder.width..<(row + 1) * encoder.width]
      }
    }
    return result
  }
}
