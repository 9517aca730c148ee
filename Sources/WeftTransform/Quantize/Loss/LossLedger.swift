import WeftKernels
import WeftTensors

/// Collects what the parts of tensors lost, in whatever order they come, and adds them up in that of their elements.
struct LossLedger {
  /// Where a part starts: its piece, and where in it.
  struct Place: Comparable {
    let piece: Int
    let start: Int

    static func < (one: Place, other: Place) -> Bool {
      (one.piece, one.start) < (other.piece, other.start)
    }
  }

  /// The most tensors whose maps are kept, so that memory does not grow with the model.
  static let maximumMapCount = 16

  private var parts: [Int: [(place: Place, loss: MeasuredLoss)]] = [:]
  private var finished: [Int: Comparison] = [:]
  private var worst: [(tensor: Int, relativeL2: Double, errors: ErrorSums)] = []

  /// Adds a part of a tensor, which is finished when all its values were looked at.
  mutating func add(_ loss: MeasuredLoss, of tensor: Int, at place: Place, measuredCount: Int) {
    parts[tensor, default: []].append((place, loss))
    if parts[tensor]?.reduce(0, { $0 + $1.loss.comparison.count }) == measuredCount {
      finish(tensor)
    }
  }

  /// Finishes what has values that were not looked at.
  mutating func finish() {
    for tensor in parts.keys.sorted() { finish(tensor) }
  }

  private mutating func finish(_ tensor: Int) {
    guard let parts = parts.removeValue(forKey: tensor) else { return }
    let sum = parts.sorted { $0.place < $1.place }
      .reduce(into: MeasuredLoss()) { $0 += $1.loss }
    finished[tensor] = sum.comparison
    guard let errors = sum.errors, sum.comparison.sumSquaredDifference > 0 else { return }
    worst.append((tensor, sum.comparison.relativeL2, errors))
    worst.sort { ($1.relativeL2, $0.tensor) < ($0.relativeL2, $1.tensor) }
    if worst.count > Self.maximumMapCount { worst.removeLast() }
  }

  /// What the finished tensors lost.
  var losses: [Int: Comparison] { finished }

  /// Where the errors of the tensors with the largest ones are, worst first.
  func maps(name: (Int) -> String) -> [ErrorMap] {
    worst.map { ErrorMap(name: name($0.tensor), grid: $0.errors.grid, $0.errors.rootMeanSquares) }
  }
}
