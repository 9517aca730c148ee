package import WeftFiles
import WeftKernels
import WeftTensors

/// A matrix of which only some elements, given with their places, are not zero; equal places are added up.
package struct SparseMatrix: MatrixFormula {
  /// The rows of the matrix.
  package let rows: Int
  /// The columns of the matrix.
  package let columns: Int
  /// The places, `[2, n]`: all rows, then all columns.
  package let places: Checkpoint.Tensor
  /// The elements, `[n]`.
  package let elements: Checkpoint.Tensor

  /// The file of the elements.
  package var sourcePath: String? { elements.source.path }
  /// Places and elements.
  package var byteCount: Int { 32 * elements.info.elementCount }

  /// The matrix with its tensors replaced.
  package func reading(
    _ moved: (Checkpoint.Tensor) -> Checkpoint.Tensor
  ) -> any MatrixFormula {
    SparseMatrix(rows: rows, columns: columns, places: moved(places), elements: moved(elements))
  }

  /// Reads and sorts the elements.
  ///
  /// - Throws: when a place lies outside the matrix.
  package func prepare(_ workspace: Workspace) throws -> any PreparedMatrix {
    let places = try self.places.integers()
    let values = try elements.doubles(workspace).doubles
    let entries = try values.indices.map { index in
      let (row, column) = (places[index], places[values.count + index])
      guard 0..<rows ~= row, 0..<columns ~= column else {
        throw TransformError.badData(
          "element \(index) is at [\(row), \(column)], outside of [\(rows), \(columns)]",
          at: "\(self.places.source.path): \(self.places.info.name)",
          advice: "get the adapter again from its source")
      }
      return Prepared.Entry(row: row, column: column, value: values[index])
    }
    return Prepared(
      rows: rows, columns: columns,
      entries: entries.sorted { ($0.row, $0.column) < ($1.row, $1.column) })
  }

  private struct Prepared: PreparedMatrix {
    struct Entry: Sendable {
      let row: Int
      let column: Int
      let value: Double
    }

    let rows: Int
    let columns: Int
    /// By row, then by column.
    let entries: [Entry]

    func read(_ tile: Tile, into target: ByteSlice, _ workspace: Workspace) {
      target.setZero()
      for entry in entries[first(of: tile.rows.lowerBound)...] {
        guard entry.row < tile.rows.upperBound else { break }
        guard tile.columns ~= entry.column else { continue }
        let place =
          (entry.row - tile.rows.lowerBound) * tile.columns.count
          + entry.column - tile.columns.lowerBound
        let slot = target.elements(place..<place + 1)
        slot.set([(slot.doubles.first ?? 0) + entry.value])
      }
    }

    /// The first entry of a row or one behind it.
    private func first(of row: Int) -> Int {
      var (low, high) = (0, entries.count)
      while low < high {
        let middle = (low + high) / 2
        if entries[middle].row < row { low = middle + 1 } else { high = middle }
      }
      return low
    }
  }
}

extension Checkpoint.Tensor {
  /// The values of a tensor of integers of up to 64 bits; unsigned ones of 64 bits by their pattern.
  func integers() throws -> [Int] {
    guard info.dtype.kind == .integer, let width = info.dtype.byteWidth else {
      throw TransformError.badData(
        "\"\(info.name)\" of type \(info.dtype.rawValue) must hold integers", at: source.path,
        advice: "get the adapter again from its source")
    }
    let bytes = try self.bytes()
    let isUnsigned = [DType.u8, .u16, .u32, .u64].contains(info.dtype)
    let shift = UInt64(64 - 8 * width)
    return (0..<info.elementCount).map { index in
      let bits = bytes[index * width..<(index + 1) * width].reversed().reduce(UInt64(0)) {
        $0 << 8 | UInt64($1)
      }
      return isUnsigned
        ? Int(truncatingIfNeeded: bits)
        : Int(Int64(bitPattern: bits << shift) >> Int64(shift))
    }
  }
}
