package import WeftFiles
import WeftKernels
import WeftTensors

/// The rotations that OFT and BOFT learn, as blocks of one size.
///
/// A block B stands for `R = (I + Q) · (I − Q)⁻¹` with the skew-symmetric `Q = B − Bᵀ`. A constraint c bounds the length of
/// all Q of a module together: `Q · c / (‖Q‖ + 10⁻⁸)` when that length exceeds it.
/// Source: https://github.com/KohakuBlueleaf/LyCORIS/blob/f49d30d/lycoris/functional/diag_oft.py (get_r)
package struct Rotations: Sendable {
  /// The blocks B, or R itself, `[..., size, size]`.
  package let blocks: Checkpoint.Tensor
  /// The number of blocks.
  package let count: Int
  /// The rows and columns of a block.
  package let size: Int
  /// Whether the blocks are R already.
  package let areRotations: Bool
  /// The greatest length of all Q; nil without a bound.
  package let constraint: Double?

  /// What LyCORIS adds to a length before it divides by it.
  static let lengthGuard = 1e-8

  /// The memory of the values and of their preparation, in bytes.
  var byteCount: Int { 8 * (2 * count + 8) * size * size }

  func reading(_ moved: (Checkpoint.Tensor) -> Checkpoint.Tensor) -> Rotations {
    Rotations(
      blocks: moved(blocks), count: count, size: size, areRotations: areRotations,
      constraint: constraint)
  }

  /// `I + strength · (R − I)` of every block, `[count, size, size]`, as float64.
  func values(strength: Double, _ workspace: Workspace) throws -> ByteSlice {
    let values = try blocks.doubles(workspace)
    if !areRotations { try turn(values, workspace) }
    guard strength != 1 else { return values }
    workspace.scale(values, by: strength)
    for index in 0..<count {
      Structured.addDiagonal(1 - strength, to: block(index, of: values), size: size)
    }
    return values
  }

  private func block(_ index: Int, of values: ByteSlice) -> ByteSlice {
    values.elements(index * size * size..<(index + 1) * size * size)
  }

  /// Replaces every B by R.
  private func turn(_ values: ByteSlice, _ workspace: Workspace) throws {
    try workspace.withElements(size * size) { q in
      for index in 0..<count {
        let block = block(index, of: values)
        Structured.skew(block, size: size, into: q)
        block.copy(from: q)
      }
      constrain(values, workspace)
      for index in 0..<count {
        let block = block(index, of: values)
        q.copy(from: block)
        if workspace.isReference {
          try turnAgain(q, into: block, workspace)
        } else {
          try turn(q, into: block, workspace)
        }
      }
    }
  }

  private func constrain(_ values: ByteSlice, _ workspace: Workspace) {
    guard let constraint else { return }
    let squares = ByteBuffer(byteCount: 8).all
    Elementwise.addRowSquares(of: values, to: squares)
    let length = (squares.doubles.first ?? 0).squareRoot() + Self.lengthGuard
    if length > constraint { workspace.scale(values, by: constraint / length) }
  }

  /// R = 2 (I − Q)⁻¹ − I; Q is lost.
  private func turn(_ q: ByteSlice, into target: ByteSlice, _ workspace: Workspace) throws {
    try invertComplement(of: q, into: target, workspace)
    workspace.scale(target, by: 2)
    Structured.addDiagonal(-1, to: target, size: size)
  }

  /// (I − Q)⁻¹; Q is lost.
  private func invertComplement(
    of q: ByteSlice, into target: ByteSlice, _ workspace: Workspace
  ) throws {
    workspace.scale(q, by: -1)
    Structured.addDiagonal(1, to: q, size: size)
    guard workspace.kernels.invert(q, size: size, into: target) else {
      throw TransformError.badData(
        "a block gives no rotation: I - Q has no inverse in float64",
        at: "\(blocks.source.path): \(blocks.info.name)",
        advice: "get the adapter again from its source")
    }
  }

  /// The second way: X ← X (2 I − (I − Q) X) once, by OpenBLAS, then R = (I + Q) X.
  ///
  /// A wrong inverse does not survive it.
  private func turnAgain(_ q: ByteSlice, into target: ByteSlice, _ workspace: Workspace) throws {
    let element = size * size
    try workspace.withElements(element) { inverse in
      try workspace.withElements(element) { complement in
        complement.copy(from: q)
        try invertComplement(of: complement, into: inverse, workspace)
        complement.copy(from: q)
        workspace.scale(complement, by: -1)
        Structured.addDiagonal(1, to: complement, size: size)  // I − Q
        try multiply(complement, inverse, into: target, workspace)
        workspace.scale(target, by: -1)
        Structured.addDiagonal(2, to: target, size: size)
        try multiply(inverse, target, into: complement, workspace)  // the better inverse
        Structured.addDiagonal(1, to: q, size: size)
        try multiply(q, complement, into: target, workspace)
      }
    }
  }

  private func multiply(
    _ a: ByteSlice, _ b: ByteSlice, into target: ByteSlice, _ workspace: Workspace
  ) throws {
    try workspace.product(a, b, into: target, rows: size, inner: size, columns: size)
  }
}
