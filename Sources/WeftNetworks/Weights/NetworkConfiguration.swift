package import WeftTensors

/// What a `config.json` of diffusers or transformers tells that the weights do not, such as the number of heads.
package struct NetworkConfiguration: Sendable {
  private let value: JSONValue
  private let path: String

  /// Takes the configuration of one component.
  ///
  /// - Parameters:
  ///   - value: the object of the file.
  ///   - path: the file, for messages.
  package init(_ value: JSONValue, path: String) {
    (self.value, self.path) = (value, path)
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
    guard let found = present(key) else { return nil }
    guard let number = found.double, number >= 0, number.isFinite else {
      throw wrong(key, "a number from 0 up")
    }
    return Float(number)
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

  private func present(_ key: String) -> JSONValue? {
    guard let found = value[key], found != .null else { return nil }
    return found
  }

  private func wrong(_ key: String, _ wanted: String) -> NetworkError {
    NetworkError(
      status: .badData, what: "'\(key)' must be \(wanted)", place: path,
      advice: "give the component's own config.json")
  }
}
