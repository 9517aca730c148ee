import Testing
import WeftFiles
import WeftKernels
import WeftTensors
import WeftTransform

/// A matrix in memory as a stored tensor, and what is known of it.
struct Planted {
  let rows: Int
  let columns: Int
  let values: [Float]

  /// A product of a rank with falling singular values, plus noise.
  init(rows: Int, columns: Int, rank: Int, noise: Float, seed: Int = 1) {
    (self.rows, self.columns) = (rows, columns)
    let up = Workshop.values(rows * rank, seed: seed)
    let down = Workshop.values(rank * columns, seed: seed + 1)
    let rest = Workshop.values(rows * columns, seed: seed + 2)
    values = (0..<rows * columns).map { index in
      let (row, column) = index.quotientAndRemainder(dividingBy: columns)
      let sum = (0..<rank).reduce(Float(0)) { sum, k in
        sum + up[row * rank + k] * down[k * columns + column] / Float(k + 1)
      }
      return sum + noise * rest[index]
    }
  }

  func formula() throws -> any MatrixFormula {
    let bytes = values.flatMap { withUnsafeBytes(of: $0.bitPattern.littleEndian, Array.init) }
    let info = try #require(
      TensorInfo(name: "planted", dtype: .f32, shape: [rows, columns]))
    let tensor = Checkpoint.Tensor(
      info: info, source: MemorySource(bytes, path: "planted"), offset: 0)
    return StoredMatrix(
      StoredBlock(
        tensor: tensor, elementOffset: 0, rows: rows, columns: columns, isTransposed: false))
  }

  func factor(
    _ method: FactoringMethod, _ rule: RankChoice.Rule, dtype: DType = .f32
  ) throws -> MatrixFactorizer.Result {
    try MatrixFactorizer(method: method, choice: RankChoice(rule), dtype: dtype).factor(
      try formula(), name: "planted", workspace: Workspace(kernels: .best))
  }

  /// The part of the squared norm that the product of two F32 factors gives back.
  func captured(_ factors: LowRankFactors) -> Double {
    let (up, down) = (floats(factors.up), floats(factors.down))
    var (lost, total) = (0.0, 0.0)
    for row in 0..<rows {
      for column in 0..<columns {
        let sum = (0..<factors.rank).reduce(0.0) { sum, k in
          sum + Double(up[row * factors.rank + k]) * Double(down[k * columns + column])
        }
        let value = Double(values[row * columns + column])
        lost += (value - sum) * (value - sum)
        total += value * value
      }
    }
    return 1 - lost / total
  }

  func floats(_ buffer: ByteBuffer) -> [Float] {
    let bytes = buffer.all.array
    return stride(from: 0, to: bytes.count, by: 4).map { index in
      Float(bitPattern: bytes[index..<index + 4].reversed().reduce(0) { $0 << 8 | UInt32($1) })
    }
  }
}
