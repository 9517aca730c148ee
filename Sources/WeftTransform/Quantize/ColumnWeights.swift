import Synchronization
import WeftFiles
import WeftKernels
import WeftTensors

/// How much the errors of a tensor's columns count: by a file, all the same, or as the encoders choose.
final class ColumnWeights: Sendable {
  private struct State {
    var ones: [Int: RowWeights] = [:]
    var used: Set<String> = []
  }

  /// The longest row whose columns are weighed: encoders that do so hold whole rows, here of 16 MiB.
  private static let longestRow = 4 << 20

  private let matrix: ImportanceMatrix?
  /// Whether tensors that the file does not have get ones, as stable-diffusion.cpp gives them.
  private let usesOnes: Bool
  private let spellings: TensorSpellings
  private let state = Mutex(State())

  init(_ recipe: QuantizationRecipe, for base: BaseModel) throws {
    matrix = try recipe.importance()
    spellings = matrix == nil ? TensorSpellings() : TensorSpellings(of: base)
    usesOnes = recipe.encoder == .sdcpp
  }

  /// The weights of a tensor's elements; nil for the encoders' own choice.
  ///
  /// The file has a value for each column of a matrix, and for a convolution one for each element of the kernel of each
  /// input. It may spell the tensor as any layout does.
  func weights(of info: TensorInfo, storedShape: Shape) throws -> RowWeights? {
    let columns = storedShape.dimensions.last ?? 1
    guard matrix != nil || usesOnes else { return nil }
    guard columns <= Self.longestRow else {
      throw TransformError.refused(
        "rows of \(columns) columns are longer than the \(Self.longestRow) that can be weighed",
        at: info.name, advice: "use --recipe ggml without --imatrix, or a --rule that keeps it")
    }
    guard let matrix, let (name, values) = entry(info.name, in: matrix) else {
      return usesOnes ? ones(columns) : nil
    }
    let isOfColumns = values.count == columns && storedShape == info.shape
    guard isOfColumns || values.count == info.shape.rowElementCount else {
      throw TransformError.refused(
        "the importance matrix has \(values.count) columns for \(info.name), which has "
          + "\(info.shape.rowElementCount)", at: matrix.path, advice: "use the matrix of this model"
      )
    }
    state.withLock { _ = $0.used.insert(name) }
    return RowWeights(values, columns: columns)
  }

  /// The values of a tensor, and its name in the file.
  private func entry(
    _ name: String, in matrix: ImportanceMatrix
  ) -> (name: String, values: [Float])? {
    let known = [name] + spellings.others(of: name)
    return known.lazy.compactMap { name in matrix.weights[name].map { (name, $0) } }.first
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

  private func ones(_ columns: Int) -> RowWeights {
    state.withLock { state in
      if let known = state.ones[columns] { return known }
      let made = RowWeights([Float](repeating: 1, count: columns), columns: columns)
      state.ones[columns] = made
      return made
    }
  }
}

extension Shape {
  /// The elements of a row: all dimensions but the outermost.
  fileprivate var rowElementCount: Int { dimensions.dropFirst().reduce(1, *) }
}
