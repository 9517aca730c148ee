package import WeftTensors

/// The header bytes and data offsets of a GGUF file that is to be written.
///
/// Keys and tensors are in the order in which they are given, as gguf-py writes them; see `GGUFHeader` for the layout.
package struct GGUFLayout: Sendable {
  /// The longest names that programs read, in bytes.
  package enum NameLimit {
    /// ggml as it is, and what is built upon it.
    package static let ggml = 63
    /// ggml as ComfyUI-GGUF has it built.
    package static let comfyUI = 127
    /// ggml as stable-diffusion.cpp builds it.
    package static let stableDiffusionCpp = 159
  }

  /// The most dimensions that ggml reads.
  package static let usualMaximumRank = 4

  /// The tensors as they are stored, with the offsets of their data.
  package let entries: [GGUFHeader.Entry]
  /// What the file starts with; padding follows up to the data.
  package let headerBytes: [UInt8]
  /// The size of the whole file, in bytes; what is neither header nor tensor is padding of zeros.
  package let byteCount: Int

  /// Lays out a file.
  ///
  /// - Parameters:
  ///   - tensors: the tensors, in the order of the file.
  ///   - storedShapes: the shape in which each is stored, of as many elements; nil for its own. The leading dimensions
  ///     of what has more than `maximumRank` are multiplied, as stable-diffusion.cpp does.
  ///   - metadata: the key-value pairs; `general.alignment` among them is followed, and left out when it is the usual.
  ///   - maximumRank: the most dimensions that a tensor is stored with.
  ///   - path: what errors name.
  /// - Throws: `GGUFError` for what a reader would refuse.
  package init(
    tensors: [TensorInfo], storedShapes: [Shape?], metadata: GGUFMetadata,
    maximumRank: Int = usualMaximumRank, path: String
  ) throws(GGUFError) {
    precondition(tensors.count == storedShapes.count, "a shape is to be given for each tensor")
    do throws(GGUFError.Problem) {
      let alignment = try Self.checkedAlignment(metadata)
      let stored = try zip(tensors, storedShapes).map { info, shape throws(GGUFError.Problem) in
        try Self.stored(info, as: shape ?? info.shape, maximumRank: maximumRank)
      }
      let offsets = try Self.offsets(of: stored, alignment: alignment)
      var header = GGUFHeaderWriter()
      try header.append(metadata, tensorCount: stored.count)
      try header.append(stored, offsets: offsets.starts)
      headerBytes = header.bytes
      guard let dataOffset = GGUFTensorReader.padded(headerBytes.count, to: alignment) else {
        throw .tooMuchData
      }
      byteCount = try Self.sum(dataOffset, offsets.end)
      entries = zip(stored, offsets.starts).map {
        GGUFHeader.Entry(info: $0, offsetInFile: dataOffset + $1)
      }
    } catch {
      throw GGUFError(path: path, problem: error, isAboutWriting: true)
    }
  }

  /// The tensors whose names are longer than a reader takes.
  package static func names(of tensors: [TensorInfo], longerThan limit: Int) -> [String] {
    tensors.map(\.name).filter { $0.utf8.count > limit }
  }

  private static func checkedAlignment(_ metadata: GGUFMetadata) throws(GGUFError.Problem) -> Int {
    try metadata[GGUFMetadata.alignmentKey].map(GGUFMetadataReader.alignment)
      ?? GGUFHeader.usualAlignment
  }

  /// The tensor in the shape in which it is stored.
  private static func stored(
    _ info: TensorInfo, as shape: Shape, maximumRank: Int
  ) throws(GGUFError.Problem) -> TensorInfo {
    guard GGMLType.id(of: info.dtype) != nil else {
      throw .unwritableType(tensor: info.name, dtype: info.dtype)
    }
    let folded = folded(shape, to: maximumRank)
    guard folded.checkedElementCount == info.elementCount else {
      throw .unwritableShape(tensor: info.name, shape: info.shape, stored: shape)
    }
    let columnCount = folded.dimensions.last ?? 1
    guard columnCount % info.dtype.blockElementCount == 0 else {
      throw .brokenRow(tensor: info.name, dtype: info.dtype, columnCount: columnCount)
    }
    guard let stored = TensorInfo(name: info.name, dtype: info.dtype, shape: folded) else {
      throw .invalidSize(tensor: info.name, dtype: info.dtype, shape: folded)
    }
    return stored
  }

  /// The shape with its leading dimensions multiplied, so that no more than a number are left.
  private static func folded(_ shape: Shape, to maximumRank: Int) -> Shape {
    let surplus = shape.rank - maximumRank
    guard surplus > 0 else { return shape }
    let leading = Shape(Array(shape.dimensions.prefix(surplus + 1)))
    // An overflow is noticed with the number of all elements.
    return Shape([leading.checkedElementCount ?? -1] + shape.dimensions.dropFirst(surplus + 1))
  }

  /// Where each tensor starts in the data, and where the data ends, padded.
  private static func offsets(
    of tensors: [TensorInfo], alignment: Int
  ) throws(GGUFError.Problem) -> (starts: [Int], end: Int) {
    var starts: [Int] = []
    var end = 0
    for info in tensors {
      starts.append(end)
      let unpadded = try sum(end, info.byteCount)
      guard let padded = GGUFTensorReader.padded(unpadded, to: alignment) else {
        throw .tooMuchData
      }
      end = padded
    }
    return (starts, end)
  }

  private static func sum(_ first: Int, _ second: Int) throws(GGUFError.Problem) -> Int {
    let (sum, overflow) = first.addingReportingOverflow(second)
    guard !overflow else { throw .tooMuchData }
    return sum
  }
}
