import WeftKernels
import WeftTensors

/// The dot products of several vectors with one another.
struct GramMatrix: Sendable {
  /// The number of vectors.
  let count: Int
  private var products: [Double]

  /// Products that are zero.
  init(count: Int) {
    self.count = count
    products = Array(repeating: 0, count: count * count)
  }

  /// The dot product of two vectors.
  subscript(i: Int, j: Int) -> Double {
    get { products[i * count + j] }
    set {
      products[i * count + j] = newValue
      products[j * count + i] = newValue
    }
  }

  /// The length of a vector.
  func norm(_ i: Int) -> Double { self[i, i].squareRoot() }

  /// The cosine of the angle between two vectors; the product of their lengths counts as `least` at least.
  func cosine(_ i: Int, _ j: Int, least: Double) -> Double {
    let cosine = self[i, j] / max(norm(i) * norm(j), least)
    return min(1, max(-1, cosine))
  }

  /// Adds the products of the vectors' next elements; with an origin, of their differences from it.
  ///
  /// The slices are overwritten when there is an origin.
  mutating func add(_ slices: [ByteSlice], origin: Int?, _ workspace: Workspace) {
    if let origin {
      for index in slices.indices where index != origin {
        workspace.combine([(slices[index], 1), (slices[origin], -1)], into: slices[index])
      }
    }
    for i in 0..<count where i != origin {
      for j in i..<count where j != origin {
        self[i, j] += workspace.kernels.merging.dot(slices[i], slices[j])
      }
    }
  }
}
