import Synchronization
package import WeftFiles
import WeftKernels
import WeftTensors

/// A weight whose input channels are mixed by a product of rank r: `X[o, j, t] = Σ_i W[o, i, t] · (A · B)[i, j]`.
///
/// t counts the positions of a convolution's kernel. Both factors are held in memory.
package struct MixedMatrix: MatrixFormula {
  /// The weight, `[outputs, inputs · taps]`.
  package let weight: any MatrixFormula
  /// A, `[inputs, rank]`.
  package let first: Factor
  /// B, `[rank, inputs]`.
  package let second: Factor
  /// The inner dimension of A · B.
  package let rank: Int
  /// The positions of a convolution's kernel.
  package let taps: Int

  /// The rows of the weight.
  package var rows: Int { weight.rows }
  /// The columns of the weight.
  package var columns: Int { weight.columns }
  /// The weight.
  package var operands: [any MatrixFormula] { [weight] }
  /// Both factors twice, the weight times A, and the rows that are multiplied at once.
  package var byteCount: Int {
    8 * (4 * inputs * rank + rows * rank * taps + max(weight.rowGrain, 1) * columns)
  }

  private var inputs: Int { columns / taps }

  /// The matrix with its tensors replaced.
  package func reading(
    _ moved: (Checkpoint.Tensor) -> Checkpoint.Tensor
  ) -> any MatrixFormula {
    MixedMatrix(
      weight: weight.reading(moved), first: first.reading(moved), second: second.reading(moved),
      rank: rank, taps: taps)
  }

  /// Reads the factors and turns them as the products need them.
  package func prepare(_ workspace: Workspace) throws -> any PreparedMatrix {
    let (a, b) = (try first.doubles(workspace), try second.doubles(workspace))
    let isFlat = taps == 1
    return PreparedMixture(
      weight: try weight.prepare(workspace), grain: weight.rowGrain,
      first: isFlat ? a : Self.turned(a, rows: inputs, columns: rank),
      second: isFlat ? b : Self.turned(b, rows: rank, columns: inputs),
      inputs: inputs, rank: rank, taps: taps)
  }

  private static func turned(_ values: ByteSlice, rows: Int, columns: Int) -> ByteSlice {
    let target = ByteBuffer(byteCount: values.byteCount, isZeroed: false)
    transpose(values, rows: rows, columns: columns, elementWidth: 8, into: target.all)
    return target.all
  }
}

extension Factor {
  /// The values as float64.
  func doubles(_ workspace: Workspace) throws -> ByteSlice {
    switch self {
    case .stored(let tensor): try tensor.doubles(workspace)
    case .computed(let factor): try factor.values(workspace)
    }
  }
}

/// A mixture that can be read; the weight times A is made with whole rows, or once for all.
private final class PreparedMixture: PreparedMatrix {
  private let weight: any PreparedMatrix
  private let grain: Int
  /// A, or its transpose for kernels of several positions.
  private let first: ByteSlice
  /// B, or its transpose for kernels of several positions.
  private let second: ByteSlice
  private let inputs: Int
  private let rank: Int
  private let taps: Int
  /// The weight times A, `[rows, rank, taps]`, once a part of rows was asked for.
  private let survey = Mutex<ByteSlice?>(nil)

  init(
    weight: any PreparedMatrix, grain: Int, first: ByteSlice, second: ByteSlice, inputs: Int,
    rank: Int, taps: Int
  ) {
    (self.weight, self.grain) = (weight, grain)
    (self.first, self.second) = (first, second)
    (self.inputs, self.rank, self.taps) = (inputs, rank, taps)
  }

  var rows: Int { weight.rows }
  var columns: Int { weight.columns }

  func read(_ tile: Tile, into target: ByteSlice, _ workspace: Workspace) throws {
    guard tile.columns == 0..<columns, grain == 1 else {
      let width = rank * taps
      let reduced = try surveyed(workspace)
        .elements(tile.rows.lowerBound * width..<tile.rows.upperBound * width)
      return try expandPart(reduced, tile, into: target, workspace)
    }
    try workspace.withElements(tile.rows.count * rank * taps) { reduced in
      try reduce(tile.rows, into: reduced, workspace)
      try expand(reduced, rows: tile.rows.count, into: target, workspace)
    }
  }

  /// Some rows of the weight times A.
  private func reduce(_ rows: Range<Int>, into target: ByteSlice, _ workspace: Workspace) throws {
    let whole = Tile(rows: rows, columns: 0..<columns)
    try workspace.withElements(whole.elementCount) { values in
      try weight.read(whole, into: values, workspace)
      guard taps > 1 else {
        return try workspace.product(
          values, first, into: target, rows: rows.count, inner: inputs, columns: rank)
      }
      for row in 0..<rows.count {
        try workspace.product(
          first, values.elements(row * columns..<(row + 1) * columns),
          into: target.elements(row * rank * taps..<(row + 1) * rank * taps), rows: rank,
          inner: inputs, columns: taps)  // [rank, inputs] · [inputs, taps]
      }
    }
  }

  /// Rows of the weight times A, times B.
  private func expand(
    _ reduced: ByteSlice, rows: Int, into target: ByteSlice, _ workspace: Workspace
  ) throws {
    guard taps > 1 else {
      return try workspace.product(
        reduced, second, into: target, rows: rows, inner: rank, columns: inputs)
    }
    for row in 0..<rows {
      try workspace.product(
        second, reduced.elements(row * rank * taps..<(row + 1) * rank * taps),
        into: target.elements(row * columns..<(row + 1) * columns), rows: inputs, inner: rank,
        columns: taps)  // [inputs, rank] · [rank, taps]
    }
  }

  /// Parts of rows: the rows a few at a time, of which the part is taken.
  private func expandPart(
    _ reduced: ByteSlice, _ tile: Tile, into target: ByteSlice, _ workspace: Workspace
  ) throws {
    let width = rank * taps
    try workspace.withElements(columns) { values in
      for (index, row) in tile.rows.enumerated() {
        try expand(
          reduced.elements(index * width..<(index + 1) * width), rows: 1, into: values, workspace)
        let part = Tile(rows: row..<row + 1, columns: tile.columns)
        target.copy(part, of: values.elements(tile.columns), within: tile)
      }
    }
  }

  /// The whole weight times A, from one pass.
  private func surveyed(_ workspace: Workspace) throws -> ByteSlice {
    try survey.withLock { known in
      if let known { return known }
      let all = ByteBuffer(byteCount: rows * rank * taps * 8, isZeroed: false).all
      let step = max(1, Workspace.tileElementCount / columns / grain) * grain
      for first in stride(from: 0, to: rows, by: step) {
        let part = first..<min(first + step, rows)
        try reduce(
          part,
          into: all.elements(part.lowerBound * rank * taps..<part.upperBound * rank * taps),
          workspace)
      }
      known = all
      return all
    }
  }
}
