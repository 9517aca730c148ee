import WeftTensors

/// Reads the descriptions of a header's tensors, and finds the places of their data.
struct GGUFTensorReader {
  private typealias Problem = GGUFError.Problem

  /// What every tensor's offset is a multiple of; a power of two.
  let alignment: Int

  /// A tensor and the offset of its data, counted from the start of all data.
  typealias Described = (info: TensorInfo, offset: Int)

  /// The tensors in the order of the file; each starts where the one before it ended, padded.
  func read(_ cursor: inout GGUFCursor, count: Int) throws -> [Described] {
    var names: Set<String> = []
    var tensors: [Described] = []
    var expected = 0
    let end = cursor.offsetInFile + GGUFHeader.maximumDescriptionByteCount
    for _ in 0..<count {
      guard cursor.offsetInFile <= end else { throw Problem.descriptionsTooLarge }
      let info = try readInfo(&cursor, names: &names)
      let offset = try cursor.integer(UInt64.self, of: "the description of \"\(info.name)\"")
      guard offset == expected else {
        throw Problem.misplaced(tensor: info.name, offset: offset, expected: expected)
      }
      tensors.append((info, expected))
      let (end, overflow) = expected.addingReportingOverflow(info.byteCount)
      guard !overflow, let padded = Self.padded(end, to: alignment) else {
        throw Problem.tooMuchData
      }
      expected = padded
    }
    return tensors
  }

  private func readInfo(
    _ cursor: inout GGUFCursor, names: inout Set<String>
  ) throws -> TensorInfo {
    let name = try cursor.text(
      of: "the name of a tensor", limit: GGUFHeader.maximumNameByteCount)
    guard names.insert(name).inserted else { throw Problem.duplicateTensor(name) }
    let shape = try readShape(&cursor, of: name)
    guard shape.checkedElementCount != nil else {
      throw Problem.tooManyElementsOf(tensor: name, shape: shape)
    }
    let dtype = try readType(&cursor, of: name)
    let columnCount = shape.dimensions.last ?? 1
    guard columnCount % dtype.blockElementCount == 0 else {
      throw Problem.brokenRow(tensor: name, dtype: dtype, columnCount: columnCount)
    }
    guard let info = TensorInfo(name: name, dtype: dtype, shape: shape) else {
      throw Problem.invalidSize(tensor: name, dtype: dtype, shape: shape)
    }
    return info
  }

  private func readShape(_ cursor: inout GGUFCursor, of name: String) throws -> Shape {
    let rank = try cursor.integer(UInt32.self, of: "the shape of \"\(name)\"")
    guard rank <= GGUFHeader.maximumRank else {
      throw Problem.tooManyDimensions(tensor: name, count: rank)
    }
    var dimensions: [Int] = []
    for _ in 0..<rank {
      let dimension = try cursor.integer(UInt64.self, of: "the shape of \"\(name)\"")
      guard let dimension = Int(exactly: dimension) else {
        throw Problem.invalidDimension(tensor: name, dimension: dimension)
      }
      dimensions.append(dimension)
    }
    return Shape(dimensions.reversed())  // the file has the innermost dimension first
  }

  private func readType(_ cursor: inout GGUFCursor, of name: String) throws -> DType {
    let id = try cursor.integer(UInt32.self, of: "the type of \"\(name)\"")
    if let dtype = GGMLType.dtype(of: id) { return dtype }
    if let removed = GGMLType.removedName(of: id) {
      throw Problem.removedType(tensor: name, id: id, name: removed)
    }
    throw Problem.unknownType(tensor: name, id: id)
  }

  /// The places of the tensors in a file, which must hold all their data.
  ///
  /// The padding of the last tensor may be absent: stable-diffusion.cpp does not write it.
  func place(
    _ tensors: [Described], behind headerByteCount: Int, fileByteCount: Int
  ) throws -> (entries: [GGUFHeader.Entry], dataOffset: Int, trailingByteCount: Int) {
    guard let dataOffset = Self.padded(headerByteCount, to: alignment) else {
      throw Problem.tooMuchData
    }
    let ends = try tensors.map { tensor in
      let endInData = tensor.offset + tensor.info.byteCount
      let (end, overflow) = dataOffset.addingReportingOverflow(endInData)
      guard !overflow else { throw Problem.tooMuchData }
      return end
    }
    // A tensor without elements, and the padding before it, need not be in the file.
    let lastEnd = tensors.lastIndex { $0.info.byteCount > 0 }.map { ends[$0] } ?? 0
    guard lastEnd <= fileByteCount else {
      throw Problem.truncated(missingByteCount: lastEnd - fileByteCount)
    }
    let entries = tensors.map {
      GGUFHeader.Entry(
        info: $0.info, offsetInFile: min(dataOffset + $0.offset, fileByteCount))
    }
    let paddedEnd = Self.padded(ends.last ?? dataOffset, to: alignment) ?? fileByteCount
    return (entries, dataOffset, max(0, fileByteCount - paddedEnd))
  }

  /// The next multiple of a power of two, or nil when it is no `Int`.
  static func padded(_ offset: Int, to alignment: Int) -> Int? {
    let (sum, overflow) = offset.addingReportingOverflow(alignment - 1)
    return overflow ? nil : sum & ~(alignment - 1)
  }
}
