import WeftFiles
package import WeftTensors

/// The hashes by which a model is known.
///
/// Source: https://github.com/AUTOMATIC1111/stable-diffusion-webui/blob/v1.10.1/modules/hashes.py and sd_models.py
package struct ModelHashes: Sendable, Equatable {
  /// The bytes of a file whose SHA-256 AutoV1 starts with.
  package static let autoV1Range = 0x100000..<0x110000

  /// The SHA-256 of the whole file; nil for a model of several files.
  package let sha256: String?
  /// The first 8 digits of the SHA-256 of `autoV1Range`, as far as the file has it.
  package let autoV1: String?
  /// The SHA-256 of everything behind the header of a safetensors file; nil for other files.
  package let dataSHA256: String?
  /// The hash of the tensors alone, see `ContentHash`; nil for what is no model.
  package let content: String?

  /// Puts together what is known of a file or a model.
  package init(sha256: String?, autoV1: String?, dataSHA256: String?, content: String?) {
    self.sha256 = sha256
    self.autoV1 = autoV1
    self.dataSHA256 = dataSHA256
    self.content = content
  }

  /// The first 10 digits of the SHA-256.
  package var autoV2: String? { sha256.map { String($0.prefix(10)) } }
  /// The first 12 digits of the data's SHA-256.
  package var autoV3: String? { dataSHA256.map { String($0.prefix(12)) } }

  /// The names and values of all hashes, in the order in which they are shown.
  package var members: KeyValuePairs<String, String?> {
    [
      "sha256": sha256, "autov1": autoV1, "autov2": autoV2, "autov3": autoV3,
      "data_sha256": dataSHA256, "content": content,
    ]
  }

  /// The hashes of a path as JSON, with null for those that it does not have.
  package func json(path: String) -> JSONValue {
    .object(
      [JSONValue.Member("path", .string(path))]
        + members.map { JSONValue.Member($0, $1.map(JSONValue.string) ?? .null) })
  }
}
