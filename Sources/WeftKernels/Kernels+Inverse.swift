package import WeftTensors

extension Kernels {
  /// The size up to which a matrix is inverted by elimination.
  package static let directSize = 48

  /// Writes the inverse of I - Q for a skew-symmetric Q, `[size, size]`, which always exists.
  ///
  /// Large matrices are inverted by quarters: with A, D on the diagonal and the complement S = D - C A⁻¹ B. That needs no
  /// pivots, since the symmetric part of I - Q, and so that of A and of S, is at least I.
  /// The matrix is I - Q; its values are lost.
  /// - Returns: whether there is an inverse in float64.
  package func invert(_ matrix: ByteSlice, size: Int, into inverse: ByteSlice) -> Bool {
    guard size > Self.directSize else {
      return Structured.invert(matrix, size: size, into: inverse)
    }
    let split = size / 2
    let rest = size - split
    let quarters = Quarters(matrix, size: size, split: split)
    let a = ByteBuffer(byteCount: split * split * 8, isZeroed: false).all  // A⁻¹
    guard invert(quarters.a, size: split, into: a) else { return false }
    let left = times(quarters.c, a, rest, split, split)  // C A⁻¹
    let right = times(a, quarters.b, split, split, rest)  // A⁻¹ B
    subtract(times(left, quarters.b, rest, split, rest), from: quarters.d)  // S
    let s = ByteBuffer(byteCount: rest * rest * 8, isZeroed: false).all  // S⁻¹
    guard invert(quarters.d, size: rest, into: s) else { return false }
    let upper = times(right, s, split, rest, rest)  // A⁻¹ B S⁻¹
    let lower = times(s, left, rest, rest, split)  // S⁻¹ C A⁻¹
    let corner = times(upper, left, split, rest, split)
    Quarters(a: added(a, corner), b: negated(upper), c: negated(lower), d: s)
      .join(into: inverse, size: size, split: split)
    return true
  }

  private func times(
    _ a: ByteSlice, _ b: ByteSlice, _ rows: Int, _ inner: Int, _ columns: Int
  ) -> ByteSlice {
    let target = ByteBuffer(byteCount: rows * columns * 8, isZeroed: false).all
    product(a, b, into: target, rows: rows, inner: inner, columns: columns)
    return target
  }

  private func subtract(_ values: ByteSlice, from target: ByteSlice) {
    var tally = Tally()
    combine(
      [Addend(target, .f64, coefficient: 1), Addend(values, .f64, coefficient: -1)],
      into: target, .f64, tally: &tally)
  }

  private func added(_ one: ByteSlice, _ other: ByteSlice) -> ByteSlice {
    var tally = Tally()
    combine(
      [Addend(one, .f64, coefficient: 1), Addend(other, .f64, coefficient: 1)], into: one, .f64,
      tally: &tally)
    return one
  }

  private func negated(_ values: ByteSlice) -> ByteSlice {
    var tally = Tally()
    combine([Addend(values, .f64, coefficient: -1)], into: values, .f64, tally: &tally)
    return values
  }
}

/// The quarters of a square matrix of float64: A and B above C and D.
private struct Quarters {
  let a: ByteSlice
  let b: ByteSlice
  let c: ByteSlice
  let d: ByteSlice

  init(a: ByteSlice, b: ByteSlice, c: ByteSlice, d: ByteSlice) {
    (self.a, self.b, self.c, self.d) = (a, b, c, d)
  }

  /// Copies the quarters of a matrix.
  init(_ matrix: ByteSlice, size: Int, split: Int) {
    func part(_ rows: Range<Int>, _ columns: Range<Int>) -> ByteSlice {
      let target = ByteBuffer(byteCount: rows.count * columns.count * 8, isZeroed: false).all
      let width = columns.count * 8
      for (index, row) in rows.enumerated() {
        let first = (row * size + columns.lowerBound) * 8
        target[index * width..<(index + 1) * width].copy(from: matrix[first..<first + width])
      }
      return target
    }
    self.init(
      a: part(0..<split, 0..<split), b: part(0..<split, split..<size),
      c: part(split..<size, 0..<split), d: part(split..<size, split..<size))
  }

  /// Writes the quarters to their places.
  func join(into matrix: ByteSlice, size: Int, split: Int) {
    func put(_ part: ByteSlice, _ rows: Range<Int>, _ columns: Range<Int>) {
      let width = columns.count * 8
      for (index, row) in rows.enumerated() {
        let first = (row * size + columns.lowerBound) * 8
        matrix[first..<first + width].copy(from: part[index * width..<(index + 1) * width])
      }
    }
    put(a, 0..<split, 0..<split)
    put(b, 0..<split, split..<size)
    put(c, split..<size, 0..<split)
    put(d, split..<size, split..<size)
  }
}
