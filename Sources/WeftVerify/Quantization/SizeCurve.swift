/// How the error of a model falls with its size: the best choices of types that a search found, and the one that was taken.
package struct SizeCurve: Sendable {
  /// One choice of types for the whole model.
  package struct Point: Sendable, Hashable {
    /// The size of the output, in bytes.
    package let byteCount: Int
    /// The size of all errors beside that of all values.
    package let error: Double

    /// Makes a point.
    package init(byteCount: Int, error: Double) {
      self.byteCount = byteCount
      self.error = error
    }

    /// Whether it has a place on logarithmic axes.
    var isDrawable: Bool { byteCount > 0 && error > 0 && error.isFinite }
  }

  /// The choices.
  package let points: [Point]
  /// The one that was taken.
  package let chosen: Point

  /// Makes a curve.
  package init(_ points: [Point], chosen: Point) {
    self.points = points
    self.chosen = chosen
  }
}
