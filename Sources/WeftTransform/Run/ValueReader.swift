import Synchronization
import WeftFiles
import WeftKernels
package import WeftTensors

/// Reads whole values as float32, each rounded once: what networks are computed with.
///
/// Several threads share the rows of one value; values follow one another, so that any thread may ask.
package final class ValueReader: Sendable {
  private let threads: Int
  private let allowsNonFinite: Bool
  private let progress: @Sendable (Int) -> Void
  private let computers: [BlockComputer]
  private let turn = Mutex(())

  /// Makes a reader with buffers for so many threads; `progress` is told how many more bytes of float32 were read.
  package init(
    threads: Int, allowsNonFinite: Bool = false,
    progress: @escaping @Sendable (Int) -> Void = { _ in }
  ) {
    self.threads = threads
    self.allowsNonFinite = allowsNonFinite
    self.progress = progress
    computers = (0..<threads).map { _ in
      BlockComputer(Workspace(kernels: .best, allowsNonFinite: allowsNonFinite))
    }
  }

  /// Writes a value's elements, row after row.
  ///
  /// - Parameters:
  ///   - value: what is read; its tensors hold floats.
  ///   - name: the tensor, for messages.
  ///   - target: as many bytes as the elements take.
  /// - Throws: `NonFiniteValues` unless they are allowed, and when a file cannot be read.
  package func read(_ value: ComputedValue, named name: String, into target: ByteSlice) throws {
    precondition(target.byteCount == value.rows * value.columns * Self.width)
    try walk(value, named: name) { slice, offset in
      target[offset..<offset + slice.byteCount].copy(from: slice)
    }
  }

  /// Computes all of a value and keeps nothing; throws as `read` does.
  package func check(_ value: ComputedValue, named name: String) throws {
    try walk(value, named: name) { _, _ in }
  }

  /// Hands over every part of a value with its offset, in bytes of float32, on several threads.
  private func walk(
    _ value: ComputedValue, named name: String,
    _ write: @Sendable (ByteSlice, _ offset: Int) throws -> Void
  ) throws {
    let total = Mutex(Tally())
    try turn.withLock { _ in
      let (grain, work) = try work(for: value)
      let shares = Self.shares(rows: value.rows, columns: value.columns, grain: grain)
      try Parallel.run(threads: threads, count: shares.count) { worker, index in
        let start = shares[index].lowerBound * value.columns * Self.width
        var tally = Tally()
        try work(computers[worker], shares[index], &tally) { try write($0, start + $1) }
        total.withLock { $0 += tally }
        progress(shares[index].count * value.columns * Self.width)
      }
    }
    guard !allowsNonFinite else { return }
    try NonFiniteValues.check([name: total.withLock { $0 }]) { _ in value.path }
  }

  /// Computes some rows on a thread and hands over each part with its offset in them.
  private typealias Work =
    @Sendable (
      BlockComputer, Range<Int>, inout Tally, (ByteSlice, Int) throws -> Void
    ) throws -> Void

  /// How a value is computed, and how many rows are best computed together.
  private func work(for value: ComputedValue) throws -> (grain: Int, work: Work) {
    if case .stored(let block) = value.start, value.update.isDirect, value.update.products.isEmpty {
      let update = value.update.isIdentity ? nil : value.update
      return (
        1,
        { computer, rows, tally, write in
          try computer.compute(
            block, update: update, operand: nil, rows: rows, dtype: .f32, tally: &tally,
            write: write)
        }
      )
    }
    let formula = value.formula
    let matrix = try formula.prepare(computers[0].workspace)
    return (
      formula.rowGrain,
      { computer, rows, tally, write in
        try computer.evaluate(
          matrix, grain: formula.rowGrain, rows: rows, dtype: .f32, tally: &tally, write: write)
      }
    )
  }

  /// The rows of a value in parts for the threads: whole groups of rows.
  private static func shares(rows: Int, columns: Int, grain: Int) -> [Range<Int>] {
    let wanted = max(1, shareByteCount / max(1, columns * width))
    let step = (wanted + grain - 1) / grain * grain
    return stride(from: 0, to: rows, by: step).map { $0..<min($0 + step, rows) }
  }

  private static let width = 4
  /// Large enough that taking the next share costs nothing, small enough that the threads end together.
  private static let shareByteCount = 2 << 20
}

extension ValueReader {
  /// The factors of a product as float32, for a value of the given shape.
  ///
  /// - Returns: up, `[rows, rank]`, and down, `[rank, columns]`, whichever way the adapter keeps them.
  package func factors(
    of term: ProductTerm, rows: Int, columns: Int
  ) throws -> (up: ByteBuffer, down: ByteBuffer) {
    try turn.withLock { _ in
      let up = try floats(term.up)
      let down = try floats(term.down)
      guard term.isTransposed else { return (up, down) }
      // The product is [columns, rows]: its transpose is that of down times that of up.
      return (
        Self.transposed(down, rows: term.rank, columns: rows),
        Self.transposed(up, rows: columns, columns: term.rank)
      )
    }
  }

  private func floats(_ factor: Factor) throws -> ByteBuffer {
    let (values, dtype) = try factor.load(computers[0].workspace)
    let count = values.byteCount / (dtype.byteWidth ?? 1)
    let target = ByteBuffer(byteCount: count * Self.width, isZeroed: false)
    var tally = Tally()
    Kernels.best.convert(values, dtype, into: target.all, .f32, tally: &tally)
    return target
  }

  private static func transposed(_ matrix: ByteBuffer, rows: Int, columns: Int) -> ByteBuffer {
    let target = ByteBuffer(byteCount: matrix.byteCount, isZeroed: false)
    transpose(matrix.all, rows: rows, columns: columns, elementWidth: width, into: target.all)
    return target  // [columns, rows]
  }
}

extension ComputedValue {
  /// The first file that the values come from.
  fileprivate var path: String? { formula.firstSourcePath }
}
