package import WeftTensors

/// The list that says which file of a sharded model holds which tensor.
///
/// Source: https://github.com/huggingface/huggingface_hub/blob/v0.36.0/src/huggingface_hub/serialization/_base.py
package struct ShardIndex: Sendable {
  /// The suffix of an index without a variant.
  package static let suffix = ".safetensors.index.json"

  /// Whether a file name is an index's, with or without a variant.
  package static func isIndex(_ name: String) -> Bool {
    name.contains(".safetensors.index.") && name.hasSuffix(".json")
  }

  /// The largest index that is read, in bytes.
  static let maximumByteCount = 64 << 20

  /// The tensors of each shard, by the shard's plain file name.
  package let tensorsByShard: [String: Set<String>]

  /// Reads an index; every shard must be a plain name beside it.
  package static func read(_ path: String) throws -> ShardIndex {
    let value = try readJSON(path, maximumByteCount: maximumByteCount)
    guard let map = value["weight_map"]?.members else {
      throw ShardError(path: path, problem: .noWeightMap)
    }
    var shards: [String: Set<String>] = [:]
    for member in map {
      guard let shard = member.value.text, isPlainName(shard) else {
        throw ShardError(path: path, problem: .shardOutside(tensor: member.key))
      }
      shards[shard, default: []].insert(member.key)
    }
    return ShardIndex(tensorsByShard: shards)
  }

  private static func isPlainName(_ name: String) -> Bool {
    !name.isEmpty && !name.contains("/") && !name.contains("\0") && name != "." && name != ".."
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
