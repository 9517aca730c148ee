import Synchronization
import WeftKernels
import WeftTensors

/// A pass over all tensors of two models that measures how alike they are.
///
/// It holds one number for each column of the model: 16 MB for SDXL.
enum SimilaritySurvey {
  /// The similarities of all columns, as many threads as workspaces; the order of the tensors does not depend on those.
  static func cosines(
    _ tensors: [MergedTensor], _ workspaces: [Workspace],
    _ measure: @Sendable (ColumnSimilarity) -> [Double]
  ) throws -> [Double] {
    let found = Mutex([[Double]](repeating: [], count: tensors.count))
    try Parallel.run(threads: workspaces.count, count: tensors.count) { worker, index in
      let cosines = measure(try similarity(tensors[index], workspaces[worker]))
      found.withLock { $0[index] = cosines }
    }
    return found.withLock { $0.flatMap { $0 } }
  }

  private static func similarity(
    _ tensor: MergedTensor, _ workspace: Workspace
  ) throws -> ColumnSimilarity {
    let formulas = tensor.models.prefix(2).map(\.value.formula)
    let (a, b) = (formulas[0], formulas[1])
    return try ColumnSimilarity(
      try a.prepare(workspace), try b.prepare(workspace),
      tiles: a.tiles(grain: max(a.rowGrain, b.rowGrain)), isVector: tensor.shape.rank < 2,
      workspace)
  }
}

/// The least and the largest similarity of a model, without the outermost hundredths.
struct SimilarityRange: Sendable, Equatable {
  let least: Double
  let largest: Double

  init(least: Double, largest: Double) {
    self.least = least
    self.largest = largest
  }

  /// First what is below the first percentile is left out, then what is above the 99th percentile of the rest.
  init(_ similarities: [Double]) {
    let sorted = similarities.sorted()
    let floor = Self.percentile(1, of: sorted[...])
    let kept = sorted.drop { $0 < floor }
    let ceiling = Self.percentile(99, of: kept)
    least = kept.first ?? 0
    largest = kept.last { $0 <= ceiling } ?? 0
  }

  /// A similarity as a part of the range; 0 where the range is empty.
  func stretched(_ similarity: Double) -> Double {
    largest > least ? (similarity - least) / (largest - least) : 0
  }

  /// A percentile as numpy's method `midpoint` defines it: between two values, their mean.
  private static func percentile(_ percent: Double, of sorted: ArraySlice<Double>) -> Double {
    guard let first = sorted.first else { return 0 }
    let place = Double(sorted.count - 1) * (percent / 100)
    let index = sorted.startIndex + Int(place)
    guard place != place.rounded(.down), index + 1 < sorted.endIndex else {
      return sorted.count == 1 ? first : sorted[index]
    }
    return (sorted[index] + sorted[index + 1]) / 2
  }
}
