package import WeftTensors

/// The header bytes and data offsets of a safetensors file that is to be written.
///
/// Tensors are in the reference writer's order: type descending, then name by bytes. With at most one metadata entry the
/// header is the reference's byte for byte; with more, whose order the reference leaves to chance, keys are sorted.
package struct SafetensorsLayout: Sendable {
  /// The tensors in file order, with the offsets of their data.
  package let entries: [SafetensorsHeader.Entry]
  /// What the file starts with: the length and the padded JSON.
  package let headerBytes: [UInt8]
  /// The size of the whole file.
  package let byteCount: Int

  /// Lays out a file, or throws what a reader would refuse: names that occur twice, sizes over the limits.
  package init(
    tensors: [TensorInfo], metadata: [String: String], path: String
  ) throws(SafetensorsError) {
    let sorted = tensors.sorted { first, second in
      first.dtype.rank != second.dtype.rank
        ? first.dtype.rank > second.dtype.rank
        : first.name.utf8.lexicographicallyPrecedes(second.name.utf8)
    }
    do throws(SafetensorsError.Problem) {
      try Self.check(sorted)
      let json = Array(Self.json(sorted, metadata: metadata).utf8)
      guard json.count <= SafetensorsHeader.maximumByteCount else {
        throw .headerTooLarge(byteCount: UInt64(json.count))
      }
      headerBytes = Self.lengthBytes(json.count) + json
    } catch {
      throw SafetensorsError(path: path, problem: error)
    }
    var offset = headerBytes.count
    entries = sorted.map { info in
      defer { offset += info.byteCount }
      return SafetensorsHeader.Entry(info: info, offsetInFile: offset)
    }
    byteCount = offset
  }

  /// Throws unless a reader can tell the tensors apart and every offset fits an integer.
  private static func check(_ tensors: [TensorInfo]) throws(SafetensorsError.Problem) {
    guard tensors.count <= SafetensorsHeader.maximumTensorCount else { throw .tooManyTensors }
    var names: Set<String> = ["__metadata__"]
    var total = SafetensorsHeader.lengthByteCount + SafetensorsHeader.maximumByteCount
    for info in tensors {
      guard names.insert(info.name).inserted else { throw .unwritableName(info.name) }
      guard !info.dtype.isBlocks else {
        throw .unwritableType(tensor: info.name, dtype: info.dtype)
      }
      let (sum, overflow) = total.addingReportingOverflow(info.byteCount)
      guard !overflow else { throw .tooMuchData }
      total = sum
    }
  }

  private static func json(_ tensors: [TensorInfo], metadata: [String: String]) -> String {
    var text = "{"
    var begin = 0
    if !metadata.isEmpty {
      text += "\"__metadata__\":"
      let members = metadata.map { JSONValue.Member($0.key, .string($0.value)) }
      text += JSONValue.object(members).canonical.compactText
    }
    for info in tensors {
      if text.utf8.count > 1 { text += "," }
      let end = begin + info.byteCount
      info.name.appendJSONString(to: &text)
      let shape = info.shape.dimensions.map(String.init).joined(separator: ",")
      text += ":{\"dtype\":\"\(info.dtype.rawValue)\",\"shape\":[\(shape)],"
      text += "\"data_offsets\":[\(begin),\(end)]}"
      begin = end
    }
    text += "}"
    // The data starts at a multiple of 8, so that whole elements are aligned.
    while text.utf8.count % 8 != 0 { text += " " }
    return text
  }

  private static func lengthBytes(_ count: Int) -> [UInt8] {
    (0..<SafetensorsHeader.lengthByteCount).map { UInt8(truncatingIfNeeded: count >> (8 * $0)) }
  }
}
