package import WeftTensors

extension OutputLayout {
  /// The member that carries the key-value pairs, which torch itself has no place for and passes over.
  static let torchMetadataName = "weft/metadata.json"

  /// A torch archive; `isWrapped` puts the tensors under `state_dict`, as whole models are kept.
  package static func torch(
    _ tensors: [TensorInfo], metadata: [String: String], isWrapped: Bool
  ) throws -> OutputLayout {
    var directory = ZipLayout()
    var literals: [Literal] = []
    func add(_ name: String, _ bytes: [UInt8]) {
      let content = ZipLayout.Content.literal(literals.count)
      let offset = directory.add("archive/" + name, content, byteCount: bytes.count)
      literals.append(Literal(file: 0, offset: offset, bytes: bytes))
    }
    add("data.pkl", try TorchPickle.bytes(tensors, isWrapped: isWrapped))
    add(".format_version", Array("1".utf8))
    add(".storage_alignment", Array("\(ZipLayout.alignment)".utf8))
    add("byteorder", Array("little".utf8))
    if !metadata.isEmpty { add(torchMetadataName, metadataBytes(metadata)) }
    let places = tensors.enumerated().map { index, info in
      Place(
        file: 0,
        offset: directory.add(
          "archive/data/\(index)", .tensor(index), byteCount: info.byteCount))
    }
    add("version", Array("3\n".utf8))
    return OutputLayout(
      arrangement: .single, format: .torchZip,
      files: [File(name: "", byteCount: directory.byteCount)], literals: literals,
      places: places, directory: directory)
  }

  private static func metadataBytes(_ metadata: [String: String]) -> [UInt8] {
    let members = metadata.map { JSONValue.Member($0.key, .string($0.value)) }
    return Array(JSONValue.object(members).canonical.compactText.utf8)
  }
}
