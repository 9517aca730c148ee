import WeftFiles
import WeftKernels
import WeftTensors

/// Reads the scales of a stored tensor's groups.
protocol ScaleReader: Sendable {
  /// Writes the scales of a range of groups as float32.
  func read(_ groups: Range<Int>, into scales: ByteSlice) throws
  /// The same with all that is stored in memory.
  func inMemory() throws -> any ScaleReader
}

/// Scales that are stored one after the other.
struct ListedScales: ScaleReader {
  let tensor: Checkpoint.Tensor
  /// What a stored scale is divided by.
  var divisor: Float = 1
  private let raw = BufferPool()

  init(_ tensor: Checkpoint.Tensor, divisor: Float = 1) {
    self.tensor = tensor
    self.divisor = divisor
  }

  func inMemory() throws -> any ScaleReader {
    ListedScales(try tensor.inMemory(), divisor: divisor)
  }

  func read(_ groups: Range<Int>, into scales: ByteSlice) throws {
    let dtype = tensor.info.dtype
    let width = dtype.blockByteCount
    try raw.withBuffer(byteCount: groups.count * width) { bytes in
      try tensor.read(at: groups.lowerBound * width, into: bytes)
      Self.widen(bytes, dtype, into: scales)
    }
    if divisor != 1 { ScaleRules.linear(scales, greatest: divisor, into: scales) }
  }

  /// Scales as float32; bytes that are no floats are powers of two.
  static func widen(
    _ bytes: ByteSlice, _ dtype: DType, times whole: Float = 1, into scales: ByteSlice
  ) {
    if dtype.isComputable {
      var tally = Tally()
      Kernels.best.convert(bytes, dtype, into: scales, .f32, tally: &tally)
    } else {
      ByteCodec(dtype.kind == .float ? dtype : .f8e8m0)?.decode(
        bytes, scales: whole == 1 ? nil : ScaleGroups(whole: whole), into: scales)
    }
  }
}

/// Scales in tiles of 128 rows and 4 groups, times one scale of the whole tensor.
struct TiledScaleReader: ScaleReader {
  let tensor: Checkpoint.Tensor
  let rows: Int
  let groupsPerRow: Int
  let whole: Float
  private let buffers = BufferPool()

  init(_ tensor: Checkpoint.Tensor, rows: Int, groupsPerRow: Int, whole: Float) {
    self.tensor = tensor
    self.rows = rows
    self.groupsPerRow = groupsPerRow
    self.whole = whole
  }

  func inMemory() throws -> any ScaleReader {
    TiledScaleReader(
      try tensor.inMemory(), rows: rows, groupsPerRow: groupsPerRow, whole: whole)
  }

  private static let tileRows = 128

  func read(_ groups: Range<Int>, into scales: ByteSlice) throws {
    let firstRow = groups.lowerBound / groupsPerRow
    let endRow = (groups.upperBound + groupsPerRow - 1) / groupsPerRow
    let stripe = firstRow / Self.tileRows
    let stripeCount = (endRow + Self.tileRows - 1) / Self.tileRows - stripe
    let tiles = BlockedScales(rows: stripeCount * Self.tileRows, blocksPerRow: groupsPerRow)
    try buffers.withBuffer(byteCount: tiles.rows * tiles.columns) { tiled in
      try tensor.read(at: stripe * Self.tileRows * tiles.columns, into: tiled)
      buffers.withBuffer(byteCount: (endRow - firstRow) * groupsPerRow) { codes in
        tiles.gather(
          tiled, firstRow: firstRow - stripe * Self.tileRows, blocksPerRow: groupsPerRow,
          into: codes)
        let start = groups.lowerBound - firstRow * groupsPerRow
        ListedScales.widen(
          codes[start..<start + groups.count], tensor.info.dtype, times: whole, into: scales)
      }
    }
  }
}

/// Scales of bitsandbytes that are quantised themselves: a list's value times a scale of its own, and an offset.
/// Source: https://github.com/bitsandbytes-foundation/bitsandbytes/blob/0.50.2/bitsandbytes/functional.py (QuantState)
struct NestedScales: ScaleReader {
  let places: Checkpoint.Tensor
  /// The values of the 256 places.
  let book: [Float]
  /// The scales of the groups of groups.
  let outer: [Float]
  let groupLength: Int
  let offset: Float

  func inMemory() throws -> any ScaleReader {
    NestedScales(
      places: try places.inMemory(), book: book, outer: outer, groupLength: groupLength,
      offset: offset)
  }

  func read(_ groups: Range<Int>, into scales: ByteSlice) throws {
    let places = try self.places.source.bytes(
      self.places.offset + groups.lowerBound..<self.places.offset + groups.upperBound)
    let values = zip(groups, places).map { group, place in
      book[Int(place)] * outer[group / groupLength] + offset
    }
    scales.copy(from: values.flatMap { littleEndianBytes($0.bitPattern) })
  }
}
