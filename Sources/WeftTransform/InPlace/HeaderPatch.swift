import WeftFiles
import WeftTensors

/// A safetensors header that takes the place of another of the same length.
///
/// The text of the tensors' entries stays as it is. When the recipe fits, it goes in and the pairs that are no longer true
/// go out, as in a file that is written anew; when it does not, the values that are no longer true become spaces.
struct HeaderPatch: Sendable, Equatable {
  /// The length and the JSON.
  let bytes: [UInt8]
  /// Whether the recipe is in it.
  let hasRecipe: Bool
  /// The keys of the metadata that were removed or blanked, in the order of the file.
  let stale: [String]

  /// Makes the header of a changed file.
  ///
  /// - Parameters:
  ///   - header: the length and the JSON that the file has.
  ///   - recipe: the value of the recipe's key.
  /// - Throws: when the JSON is none.
  init(_ header: [UInt8], recipe: String) throws(JSONError) {
    let lengthBytes = header.prefix(SafetensorsHeader.lengthByteCount)
    let text = try HeaderText(Array(header.dropFirst(SafetensorsHeader.lengthByteCount)))
    let outdated = text.members.filter { Self.isStale($0.key) }
    stale = outdated.map(\.key).filter { $0 != OutputMetadata.recipeKey }
    if let json = text.json(withRecipe: recipe, without: Self.isStale) {
      hasRecipe = true
      bytes = lengthBytes + json
    } else {
      hasRecipe = false
      bytes = lengthBytes + text.json(blanking: outdated.map(\.value))
    }
  }

  /// A recipe that does not tell of the last change is as wrong as a hash of other bytes.
  private static func isStale(_ key: String) -> Bool {
    key == OutputMetadata.recipeKey || OutputMetadata.parentsOwn.contains(key)
  }
}

extension HeaderText {
  /// The JSON with the recipe among the metadata, filled up with spaces; nil when it is too long.
  func json(withRecipe recipe: String, without isStale: (String) -> Bool) -> [UInt8]? {
    var pair = ""
    OutputMetadata.recipeKey.appendJSONString(to: &pair)
    pair += ":"
    recipe.appendJSONString(to: &pair)
    let kept = members.filter { !isStale($0.key) }.map { json[$0.range] }
    let pairs = kept + [Array(pair.utf8)[...]]
    let object = [0x7B] + pairs.joined(separator: [0x2C]) + [0x7D]
    var result: [UInt8]
    if let metadata {
      result = json[..<metadata.lowerBound] + object + json[metadata.upperBound..<end]
    } else {
      result = json[..<start] + Array("\"__metadata__\":".utf8) + object
      result += (isEmpty ? [] : [0x2C]) + json[start..<end]
    }
    guard result.count <= json.count else { return nil }
    result += repeatElement(0x20, count: json.count - result.count)
    return result
  }

  /// The JSON with spaces in some places.
  func json(blanking ranges: [Range<Int>]) -> [UInt8] {
    var result = json
    for range in ranges {
      result.replaceSubrange(range, with: repeatElement(0x20, count: range.count))
    }
    return result
  }
}
