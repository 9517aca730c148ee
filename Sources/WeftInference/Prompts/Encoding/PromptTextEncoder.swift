package import WeftFormats
import WeftKernels
package import WeftNetworks
import WeftTensors

/// One text encoder of a model, and what the model takes of it.
package struct PromptTextEncoder: Sendable {
  /// The states of a chunk's tokens, `[T, C]` row after row, and the projected row at its end.
  struct States: Sendable {
    let tokens: [Float]
    let pooled: [Float]?
  }

  private let network: TextEncoder
  private let rules: TextRules.Encoder
  private let fill: Int
  private let learned: Tensor?
  /// How many layers before the last one that is computed the states are taken.
  private let skipped: Int

  /// The chunks that are computed at a time: the states of every layer are held for all of them.
  private static let batchSize = 8

  /// Prepares an encoder.
  ///
  /// - Parameters:
  ///   - network: the encoder.
  ///   - rules: what the model takes of it.
  ///   - tokenizer: tells the token that fills texts up.
  ///   - clipSkip: which layer's states are taken, counted from the last one, which is 1; nil for what the model was
  ///     trained with.
  ///   - embeddings: learned vectors, in the order of their ids.
  /// - Throws: for a layer that is not there, and for vectors of another encoder.
  package init(
    _ network: TextEncoder, _ rules: TextRules.Encoder, _ tokenizer: CLIPTokenizer, clipSkip: Int?,
    embeddings: [PromptEmbedding]
  ) throws {
    (self.network, self.rules) = (network, rules)
    fill = tokenizer.fill(rules)
    let last = rules.states.last + network.layerCount - 1
    let state = clipSkip ?? rules.states.usual
    guard (rules.states.last...last).contains(state) else {
      throw PromptError(
        "there is no layer \(state) from the end in '\(rules.component)'", at: "--clip-skip",
        advice: "use a number from \(rules.states.last) to \(last)", status: .usage)
    }
    skipped = state - rules.states.last
    let tables = try embeddings.map { try $0.vectors.vectors(width: network.width) }
    learned = tables.isEmpty ? nil : Tensor.joined(tables, width: network.width)  // [n, C]
  }

  /// The tokens of a chunk.
  var length: Int { network.length }
  /// The features of a token.
  var width: Int { network.width }
  /// Whether the model takes the projected row.
  var isPooled: Bool { rules.isPooled }

  /// Computes chunks, several at a time.
  func states(
    of chunks: [PromptChunk], _ tokenizer: CLIPTokenizer, _ backend: any Backend
  ) throws -> [States] {
    var states: [States] = []
    for start in stride(from: 0, to: chunks.count, by: Self.batchSize) {
      let batch = chunks[start..<min(start + Self.batchSize, chunks.count)]
      let ids = batch.map {
        $0.ids(fill: fill, learnedFrom: network.vocabulary, known: tokenizer.vocabularySize)
      }
      states += try self.states(of: ids, backend)
    }
    return states
  }

  private func states(of ids: [[Int]], _ backend: any Backend) throws -> [States] {
    let pass = Pass(backend)
    let encoding = try network(ids, learned: learned, pass)
    let tokens = try backend.plain(taken(of: encoding, pass)).floats  // [N, T, C]
    let pooled = try rules.isPooled ? encoding.embeds.map { try backend.plain($0).floats } : nil
    let size = tokens.count / ids.count
    return ids.indices.map { index in
      States(
        tokens: Array(tokens[index * size..<(index + 1) * size]),
        pooled: pooled.map { Self.row(index, of: $0, count: ids.count) })
    }
  }

  /// The states that the model takes, `[N, T, C]`.
  private func taken(of encoding: TextEncoding, _ pass: Pass) throws -> Tensor {
    if skipped == 0, rules.states.isNormalized { return encoding.lastHiddenState }
    let state = encoding.hiddenStates[encoding.hiddenStates.count - 1 - skipped]
    return rules.states.isNormalized ? try network.normalized(state, pass) : state
  }

  private static func row(_ index: Int, of values: [Float], count: Int) -> [Float] {
    let width = values.count / count
    return Array(values[index * width..<(index + 1) * width])
  }
}

extension Tensor {
  /// Matrices of one width, one below the other: `[n, width]`.
  fileprivate static func joined(_ tables: [Tensor], width: Int) -> Tensor {
    let count = tables.reduce(0) { $0 + $1[0] }
    return Tensor([count, width], tables.flatMap(\.floats))  // [n, width]
  }
}
