package import WeftTensors

/// What a `config.json` of diffusers or transformers tells that the weights do not, such as the number of heads.
package struct NetworkConfiguration: Sendable {
  /// Where a configuration comes from.
  package enum Origin: String, Sendable, Hashable {
    /// A file that was named.
    case given
    /// The model's own folder.
    case folder
    /// What the architecture says of its published models.
    case architecture
    /// What is usual, for a model of other sizes than any that is published.
    case assumed
  }

  /// Where the configuration comes from.
  package let origin: Origin
  private let value: JSONValue
  private let path: String

  /// The file, for messages.
  package var place: String { path }

  /// Takes the configuration of one component.
  ///
  /// - Parameters:
  ///   - value: the object of the file.
  ///   - path: the file, for messages.
  ///   - origin: where it comes from.
  package init(_ value: JSONValue, path: String, origin: Origin = .given) {
    (self.value, self.path, self.origin) = (value, path, origin)
  }

  /// A number from 1 up; nil when it is not given.
  package func count(_ key: String) throws -> Int? {
    guard let found = present(key) else { return nil }
    guard let number = found.integer, number > 0 else { throw wrong(key, "a number from 1 up") }
    return number
  }

  /// A number for each of so many blocks, or one for all; nil when it is not given.
  package func counts(_ key: String, blocks: Int) throws -> [Int]? {
    guard let found = present(key), let list = found.elements else {
      return try count(key).map { [Int](repeating: $0, count: blocks) }
    }
    let numbers = list.compactMap(\.integer).filter { $0 > 0 }
    guard numbers.count == blocks, list.count == blocks else {
      throw wrong(key, "\(blocks) numbers from 1 up")
    }
    return numbers
  }

  /// A small positive number such as an epsilon; nil when it is not given.
  package func number(_ key: String) throws -> Float? {
    try exactNumber(key).map { Float($0) }
  }

  /// A number from 0 up as it is written, not rounded to float32; nil when it is not given.
  package func exactNumber(_ key: String) throws -> Double? {
    guard let found = present(key) else { return nil }
    guard let number = found.double, number >= 0, number.isFinite else {
      throw wrong(key, "a number from 0 up")
    }
    return number
  }

  /// A whole number from 0 up; nil when it is not given.
  package func index(_ key: String) throws -> Int? {
    guard let found = present(key) else { return nil }
    guard let number = found.integer, number >= 0 else {
      throw wrong(key, "a whole number from 0 up")
    }
    return number
  }

  /// Yes or no; nil when it is not given.
  package func flag(_ key: String) throws -> Bool? {
    guard let found = present(key) else { return nil }
    guard let flag = found.bool else { throw wrong(key, "true or false") }
    return flag
  }

  /// A word; nil when it is not given.
  package func text(_ key: String) throws -> String? {
    guard let found = present(key) else { return nil }
    guard let text = found.text else { throw wrong(key, "a word") }
    return text
  }

  /// Refuses a configuration that says something else about a key than the only thing that is known.
  package func require(_ key: String, _ known: [String]) throws {
    guard let found = try text(key), !known.contains(found) else { return }
    throw wrong(key, known.joined(separator: " or ") + ", not \(found)")
  }

  /// Refuses a configuration that says something else about keys than what is computed; keys that are not given are as
  /// they should be.
  package func require(_ known: KeyValuePairs<String, JSONValue>) throws {
    for (key, wanted) in known {
      guard let found = present(key), found != wanted,
        found.double != wanted.double || found.double == nil
      else { continue }
      throw NetworkError(
        status: .badData,
        what: "'\(key)' is \(found.compactText), but only \(wanted.compactText) can be computed",
        place: path, advice: "this variant of the network is not known")
    }
  }

  /// The part of a file that describes several networks, such as `text_config`; the whole of one that does not have it.
  package func section(_ key: String) -> NetworkConfiguration {
    guard let part = present(key), part.members != nil else { return self }
    return NetworkConfiguration(part, path: path, origin: origin)
  }

  /// The keys about which two files say different things, of those that decide what is computed.
  package func differences(from other: NetworkConfiguration) -> [String] {
    Self.decisive.filter { (present($0) ?? .null) != (other.present($0) ?? .null) }
  }

  /// What is read of configurations, and what changes what is computed.
  private static let decisive = [
    "attention_head_dim", "num_attention_heads", "norm_num_groups", "norm_eps", "layer_norm_eps",
    "act_fn", "hidden_act", "num_hidden_layers", "scaling_factor", "addition_time_embed_dim",
    "flip_sin_to_cos", "freq_shift", "use_linear_projection",
  ]

  private func present(_ key: String) -> JSONValue? {
    guard let found = value[key], found != .null else { return nil }
    return found
  }

  /// An error about a key.
  package func wrong(_ key: String, _ wanted: String) -> NetworkError {
    NetworkError(
      status: .badData, what: "'\(key)' must be \(wanted)", place: path,
      advice: "give the component's own config.json")
  }
}
