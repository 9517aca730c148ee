import WeftTensors

/// A matrix of random signs that follows from a name alone, for random projections.
///
/// Signs are sub-Gaussian, so they find the range of a matrix as Gaussian numbers do, and they are the same on every
/// machine. The seed is FNV-1a-64 of the name; each 64 signs are an output of splitmix64, counted from the first.
/// Source: Halko, Martinsson, Tropp, https://arxiv.org/abs/0909.4061
package enum SignSketch {
  /// The matrix [rows, columns] of a name, as F32.
  package static func matrix(rows: Int, columns: Int, name: String) -> Matrix {
    let result = Matrix(rows: rows, columns: columns, .f32)
    let seed = name.utf8.reduce(0xCBF2_9CE4_8422_2325 as UInt64) {
      ($0 ^ UInt64($1)) &* 0x100_0000_01B3
    }
    withExtendedLifetime(result) {
      guard let values = result.values.start?.assumingMemoryBound(to: Float.self) else { return }
      var bits: UInt64 = 0
      for index in 0..<rows * columns {  // in bounds: the matrix has as many elements
        if index % 64 == 0 { bits = output(seed, number: UInt64(index / 64)) }
        values[index] = bits & 1 == 0 ? 1 : -1
        bits >>= 1
      }
    }
    return result
  }

  /// An output of splitmix64.
  private static func output(_ seed: UInt64, number: UInt64) -> UInt64 {
    var z = seed &+ (number &+ 1) &* 0x9E37_79B9_7F4A_7C15
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}
