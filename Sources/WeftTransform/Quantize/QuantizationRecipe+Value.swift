import WeftFiles
package import WeftTensors

extension QuantizationRecipe {
  /// What decides the bytes, for the recipe in the output's metadata.
  package var value: JSONValue {
    get throws {
      var members = [
        JSONValue.Member("type", .string(type)),
        JSONValue.Member("encoder", .string(encoder.rawValue)),
      ]
      if let policy { members.append(JSONValue.Member("policy", .string(policy))) }
      if !rules.isEmpty {
        let texts = rules.map { $0.pattern + "=" + $0.type }
        members.append(JSONValue.Member("rules", .strings(texts)))
      }
      if let importancePath {
        let hash = try InputFile.open(importancePath).sha256()
        members.append(JSONValue.Member("imatrix_sha256", .string(hash)))
      }
      if requantizes { members.append(JSONValue.Member("requantize", .bool(true))) }
      if saturates { members.append(JSONValue.Member("saturate", .bool(true))) }
      if !chosen.isEmpty {
        let types = chosen.sorted { $0.key < $1.key }
        members.append(
          JSONValue.Member(
            "chosen", .object(types.map { JSONValue.Member($0.key, .string($0.value)) })))
      }
      return .object(members)
    }
  }
}
