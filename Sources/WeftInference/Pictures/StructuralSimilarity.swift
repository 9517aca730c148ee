import WeftFiles

#if canImport(Glibc)
  import Glibc
#endif

/// How alike the structure of two pictures is (SSIM): means, contrasts and correlations under a window that is moved over them.
///
/// The window is a Gaussian of σ = 1.5 on 11 x 11 pixels, where it lies whole within the picture; channels count alike.
///
/// Source: https://ieeexplore.ieee.org/document/1284395 (Wang et al. 2004), and
/// https://github.com/scikit-image/scikit-image/blob/v0.24.0/skimage/metrics/_structural_similarity.py
enum StructuralSimilarity {
  private static let radius = 5
  private static let sigma = 1.5
  /// Keep the quotient finite where both pictures are flat: (k · range)².
  private static let (meanFloor, contrastFloor) = (0.01 * 0.01, 0.03 * 0.03)

  /// The mean over all places of the window and all channels; nil for pictures smaller than the window.
  static func mean(_ first: Picture, _ second: Picture) -> Double? {
    guard min(first.width, first.height) > 2 * radius else { return nil }
    let (ones, others) = (first.planes, second.planes)
    let count = first.pixelCount
    let sum = (0..<first.channelCount).reduce(0.0) { sum, channel in
      let range = channel * count..<(channel + 1) * count
      return sum
        + mean(
          ones[range].map { Double($0) / 255 }, others[range].map { Double($0) / 255 },
          width: first.width, height: first.height)
    }
    return sum / Double(first.channelCount)
  }

  /// The mean of one channel.
  private static func mean(_ a: [Double], _ b: [Double], width: Int, height: Int) -> Double {
    let window = Window(weights: weights, width: width, height: height)
    let (meanA, meanB) = (window.means(of: a), window.means(of: b))
    let squareA = window.means(of: zip(a, a).map { $0 * $1 })
    let squareB = window.means(of: zip(b, b).map { $0 * $1 })
    let product = window.means(of: zip(a, b).map { $0 * $1 })
    var sum = 0.0
    for index in meanA.indices {
      let (x, y) = (meanA[index], meanB[index])
      let (varianceX, varianceY) = (squareA[index] - x * x, squareB[index] - y * y)
      let covariance = product[index] - x * y
      sum +=
        (2 * x * y + meanFloor) * (2 * covariance + contrastFloor)
        / ((x * x + y * y + meanFloor) * (varianceX + varianceY + contrastFloor))
    }
    return sum / Double(meanA.count)
  }

  /// The window along one axis, which sums to 1.
  private static let weights: [Double] = {
    let weights = (-radius...radius).map { exp(-Double($0 * $0) / (2 * sigma * sigma)) }
    let sum = weights.reduce(0, +)
    return weights.map { $0 / sum }
  }()

  /// Weighted means under a window at every place where it lies within the picture.
  private struct Window {
    let weights: [Double]
    let width: Int
    let height: Int

    /// The means, `[H - 10, W - 10]`; first along the rows, then along the columns.
    func means(of values: [Double]) -> [Double] {
      let columns = width - weights.count + 1
      let rows = height - weights.count + 1
      var along = [Double](repeating: 0, count: height * columns)
      for (tap, weight) in weights.enumerated() {
        for row in 0..<height {
          let (target, source) = (row * columns, row * width + tap)
          for column in 0..<columns { along[target + column] += weight * values[source + column] }
        }
      }
      var means = [Double](repeating: 0, count: rows * columns)
      for (tap, weight) in weights.enumerated() {
        let source = tap * columns
        for index in means.indices { means[index] += weight * along[source + index] }
      }
      return means
    }
  }
}
