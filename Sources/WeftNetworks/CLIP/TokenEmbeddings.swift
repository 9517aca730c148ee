import WeftKernels
import WeftTensors

/// The vectors of tokens and of their places: ids to `[N, T, C]`.
struct TokenEmbeddings: Sendable {
  private let path: String
  private let tokens, positions: Tensor

  init(_ loader: ModuleLoader) throws {
    path = loader.path
    tokens = try loader["token_embedding"].tensor("weight")
    positions = try loader["position_embedding"].tensor("weight")
    guard tokens.shape.rank == 2, positions.shape.rank == 2, tokens[1] == positions[1] else {
      throw NetworkError.weight(
        "'\(path)' has tokens of the shape \(tokens.shape) and positions of \(positions.shape)",
        at: loader.source.path)
    }
  }

  /// The number of tokens.
  var vocabulary: Int { tokens[0] }
  /// The number of places that a text may have.
  var length: Int { positions[0] }
  /// The features of a token.
  var width: Int { tokens[1] }

  /// Looks the ids up; those from `vocabulary` on are rows of `extra`.
  func callAsFunction(_ ids: [[Int]], extra: Tensor?, _ pass: Pass) throws -> Tensor {
    try check(ids, extra)
    let tables = extra.map { [tokens, $0] } ?? [tokens]
    let (count, length) = (ids.count, ids.first?.count ?? 0)
    let vectors = Tensor.rows(ids.flatMap { $0 }, of: tables)  // [N · T, C]
      .reshaped([count, length, width])  // [N, T, C]
    let places = positions.repeated(count, rows: length)  // [N, T, C]
    return try pass.emit(path, try pass.add(vectors, places, at: path))
  }

  /// Refuses ids that have no vector, texts that are too long or of different lengths, and vectors of another width.
  private func check(_ ids: [[Int]], _ extra: Tensor?) throws {
    let length = ids.first?.count ?? 0
    guard length > 0, ids.allSatisfy({ $0.count == length }) else {
      throw NetworkError.input(
        "the texts have \(ids.map(\.count)) tokens",
        advice: "give at least one text, all with the same number of tokens")
    }
    guard length <= positions[0] else {
      throw NetworkError.input(
        "a text has \(length) tokens, but the encoder has positions for \(positions[0])",
        advice: "split the text into parts of \(positions[0]) tokens")
    }
    if let extra, extra.shape.rank != 2 || extra[1] != width {
      throw NetworkError.input(
        "learned vectors have the shape \(extra.shape), but a token has \(width) features",
        advice: "use an embedding of this encoder")
    }
    let known = vocabulary + (extra?[0] ?? 0)
    if let stray = ids.joined().first(where: { !(0..<known).contains($0) }) {
      throw NetworkError.input(
        "there is no token \(stray)",
        advice: "give ids from 0 to \(known - 1), or the embedding that has this one")
    }
  }
}
