import WeftKernels
import WeftTensors

/// A choice of a difference's elements; the others become zero.
protocol Sparsifier: Sendable {
  /// The memory that a survey for it takes, in bytes.
  func surveyByteCount(_ matrix: any MatrixFormula) -> Int

  /// Finds out what the choice depends on; `grain` is that of the difference.
  func prepare(
    _ difference: any PreparedMatrix, grain: Int, _ workspace: Workspace
  ) throws -> any PreparedSparsifier
}

/// A choice that can be made for any rectangle.
protocol PreparedSparsifier: Sendable {
  /// Whether rectangles must be whole rows.
  var needsWholeRows: Bool { get }
  /// Overwrites what is not kept.
  func apply(_ values: ByteSlice, _ part: Rectangle, _ workspace: Workspace)
}

extension Sparsifier {
  func surveyByteCount(_ matrix: any MatrixFormula) -> Int { 0 }
}

extension PreparedSparsifier {
  var needsWholeRows: Bool { false }
}

/// Everything is kept.
struct WholeDifference: Sparsifier, PreparedSparsifier {
  func prepare(
    _ difference: any PreparedMatrix, grain: Int, _ workspace: Workspace
  ) -> any PreparedSparsifier { self }

  func apply(_ values: ByteSlice, _ part: Rectangle, _ workspace: Workspace) {}
}

/// Nothing is kept.
struct EmptyDifference: Sparsifier, PreparedSparsifier {
  func prepare(
    _ difference: any PreparedMatrix, grain: Int, _ workspace: Workspace
  ) -> any PreparedSparsifier { self }

  func apply(_ values: ByteSlice, _ part: Rectangle, _ workspace: Workspace) {
    values.setZero()
  }
}
