import Synchronization
import WeftFiles
import WeftKernels
import WeftTensors

/// How much the errors of a tensor's columns count: by a file, all the same, or as the encoders choose.
final class ColumnWeights: Sendable {
  private struct State {
    var ones: [Int: ByteSlice] = [:]
    var used: Set<String> = []
  }

  /// The longest row whose columns are weighed: encoders that do so hold whole rows, here of 16 MiB.
  private static let longestRow = 4 << 20

  private let matrix: ImportanceMatrix?
  /// Whether tensors that the file does not have get ones, as stable-diffusion.cpp gives them.
  private let usesOnes: Bool
  private let state = Mutex(State())

  init(_ recipe: QuantizationRecipe) throws {
    matrix = try recipe.importance()
    usesOnes = recipe.encoder == .sdcpp
  }

  /// The weights of a tensor's columns, `[columns]` of float32; nil for the encoders' own choice.
  ///
  /// Tensors that are stored in another shape have no columns that the file could mean.
  func weights(of info: TensorInfo, storedShape: Shape) throws -> ByteSlice? {
    let columns = storedShape.dimensions.last ?? 1
    guard matrix != nil || usesOnes else { return nil }
    guard columns <= Self.longestRow else {
      throw TransformError.refused(
        "rows of \(columns) columns are longer than the \(Self.longestRow) that can be weighed",
        at: info.name, advice: "use --recipe ggml without --imatrix, or a --rule that keeps it")
    }
    guard let matrix, let values = matrix.weights[info.name], storedShape == info.shape else {
      return usesOnes ? ones(columns) : nil
    }
    guard values.count == columns else {
      throw TransformError.refused(
        "the importance matrix has \(values.count) columns for \(info.name), which has \(columns)",
        at: matrix.path, advice: "use the matrix of this model")
    }
    state.withLock { _ = $0.used.insert(info.name) }
    return Self.slice(values)
  }

  /// What the file has for tensors that are not encoded; throws when it is for another model.
  func unusedNote() throws -> String? {
    guard let matrix else { return nil }
    let used = state.withLock { $0.used }
    let unused = matrix.weights.keys.filter { !used.contains($0) }.sorted()
    guard let first = unused.first else { return nil }
    guard !used.isEmpty else {
      throw TransformError.refused(
        "no tensor that is quantised is in the importance matrix, which has \(first)",
        at: matrix.path, advice: "use the matrix of this model, in its names")
    }
    return "\(unused.count) of \(matrix.weights.count) tensors of the importance matrix are not "
      + "quantised, such as \(first)"
  }

  private func ones(_ columns: Int) -> ByteSlice {
    state.withLock { state in
      if let known = state.ones[columns] { return known }
      let made = Self.slice([Float](repeating: 1, count: columns))
      state.ones[columns] = made
      return made
    }
  }

  private static func slice(_ values: [Float]) -> ByteSlice {
    let buffer = ByteBuffer(byteCount: values.count * 4, isZeroed: false)
    buffer.all.copy(from: values.flatMap { littleEndianBytes($0.bitPattern) })
    return buffer.all
  }
}
