package import WeftTensors

/// The list that says which file of a sharded model holds which tensor.
///
/// Source: https://github.com/huggingface/huggingface_hub/blob/v0.36.0/src/huggingface_hub/serialization/_base.py
package struct ShardIndex: Sendable {
  /// The suffix of an index without a variant.
  package static let suffix = ".safetensors.index.json"

  /// Whether a file name is an index's, with or without a variant.
  package static func isIndex(_ name: String) -> Bool {
    name.hasSuffix(".json")
      && (name.contains(".safetensors.index.") || name.contains(".bin.index."))
  }

  /// The largest index that is read, in bytes.
  static let maximumByteCount = 64 << 20

  /// The tensors of each shard, by the shard's plain file name.
  package let tensorsByShard: [String: Set<String>]

  /// Reads an index; every shard must be a plain name beside it.
  package static func read(_ path: String) throws -> ShardIndex {
    let json = try smallFile(path, maximumByteCount: maximumByteCount)
    do {
      return ShardIndex(tensorsByShard: try parse(json))
    } catch let error as JSONError {
      throw JSONFileError(path: path, error: error)
    } catch let problem as ShardError.Problem {
      throw ShardError(path: path, problem: problem)
    }
  }

  /// Takes the map alone and skips the rest, whose values could take far more memory than their text.
  private static func parse(_ json: [UInt8]) throws -> [String: Set<String>] {
    var scanner = JSONScanner(json)
    var shards: [String: Set<String>]?
    var isFirst = true
    try scanner.expect(0x7B)
    while let key = try scanner.nextKey(isFirst: &isFirst) {
      guard key == "weight_map", scanner.peek() == 0x7B else {
        try scanner.skipValue()
        continue
      }
      guard shards == nil else { throw scanner.failure("the key \"weight_map\" occurs twice") }
      shards = try parseMap(&scanner)
    }
    try scanner.expectEnd()
    guard let shards else { throw ShardError.Problem.noWeightMap }
    return shards
  }

  private static func parseMap(_ scanner: inout JSONScanner) throws -> [String: Set<String>] {
    var shards: [String: Set<String>] = [:]
    var tensors: Set<String> = []
    var isFirst = true
    try scanner.expect(0x7B)
    while let tensor = try scanner.nextKey(isFirst: &isFirst) {
      guard tensor.utf8.count <= SafetensorsHeader.maximumNameByteCount,
        tensors.count < SafetensorsHeader.maximumTensorCount
      else { throw scanner.failure("the index is over the limits of a header") }
      guard tensors.insert(tensor).inserted else {
        throw scanner.failure("the tensor \"\(tensor)\" occurs twice")
      }
      guard scanner.peek() == 0x22 else { throw ShardError.Problem.shardOutside(tensor: tensor) }
      let shard = try scanner.string()
      guard Paths.isPlainName(shard) else {
        throw ShardError.Problem.shardOutside(tensor: tensor)
      }
      shards[shard, default: []].insert(tensor)
    }
    return shards
  }

  /// Throws unless a shard holds exactly the tensors that the index says.
  func check(_ shard: String, holds names: some Sequence<String>, index: String) throws(ShardError)
  {
    let listed = tensorsByShard[shard] ?? []
    let held = Set(names)
    if let missing = listed.subtracting(held).min() {
      throw ShardError(path: index, problem: .notInShard(tensor: missing, shard: shard))
    }
    if let unlisted = held.subtracting(listed).min() {
      throw ShardError(path: index, problem: .notInIndex(tensor: unlisted, shard: shard))
    }
  }
}

/// A sharded model whose index and shards do not agree.
package struct ShardError: ActionableError, Equatable {
  /// What does not agree.
  package enum Problem: Sendable, Equatable {
    /// The index has no map of tensors to files.
    case noWeightMap
    /// A tensor's file is not a plain name beside the index.
    case shardOutside(tensor: String)
    /// The index promises a tensor that the shard does not hold.
    case notInShard(tensor: String, shard: String)
    /// The shard holds a tensor that the index does not list for it.
    case notInIndex(tensor: String, shard: String)
  }

  /// The index file.
  package let path: String
  /// What does not agree.
  package let problem: Problem

  /// Malformed input.
  package var status: ExitStatus { .badData }

  /// What is wrong.
  package var what: String {
    switch problem {
    case .noWeightMap: "the shard index has no \"weight_map\""
    case .shardOutside(let tensor):
      "the shard of \"\(tensor)\" is not a plain file name beside the index"
    case .notInShard(let tensor, let shard): "shard \(shard) lacks \"\(tensor)\""
    case .notInIndex(let tensor, let shard):
      "shard \(shard) holds \"\(tensor)\", which the index does not list there"
    }
  }

  /// The index file.
  package var place: String? { path }

  /// What to do next.
  package var advice: String { "get the model again from its source" }
}

extension ShardError.Problem: Error {}
