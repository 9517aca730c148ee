package import WeftKernels
package import WeftTensors

/// One thread's buffers for computing matrices, and how it computes; one thread at a time uses it.
package final class Workspace: @unchecked Sendable {
  /// The largest rectangle that is computed at once, in elements of float64: it stays in the second-level cache.
  package static let tileElementCount = 64 << 10

  /// The kernels that compute.
  package let kernels: Kernels
  /// Whether products are computed the second way that `verify` trusts: by OpenBLAS.
  package let isReference: Bool
  /// Whether factors may hold NaN and infinite values.
  package let allowsNonFinite: Bool

  private var free: [ByteBuffer] = []

  /// Makes a workspace without any buffer.
  package init(kernels: Kernels, isReference: Bool = false, allowsNonFinite: Bool = false) {
    self.kernels = kernels
    self.isReference = isReference
    self.allowsNonFinite = allowsNonFinite
  }

  /// Lends a buffer for the time of a call; what it holds at first is left over from other uses.
  package func withBuffer<Result>(
    byteCount: Int, _ body: (ByteSlice) throws -> Result
  ) rethrows -> Result {
    let buffer = take(byteCount)
    defer { free.append(buffer) }
    return try body(buffer[0..<byteCount])
  }

  /// Lends room for a rectangle of float64.
  package func withElements<Result>(
    _ count: Int, _ body: (ByteSlice) throws -> Result
  ) rethrows -> Result {
    try withBuffer(byteCount: count * 8, body)
  }

  /// Gives back the memory of all buffers.
  package func shrink() { free = [] }

  /// The smallest free buffer that is large enough, or a new one.
  ///
  /// A new large one takes the place of the largest that was too small: tensors of many sizes follow one another.
  private func take(_ byteCount: Int) -> ByteBuffer {
    let fitting = free.indices.filter { free[$0].byteCount >= byteCount }
    if let index = fitting.min(by: { free[$0].byteCount < free[$1].byteCount }) {
      return free.remove(at: index)
    }
    let ordinary = Self.tileElementCount * 8
    let large = free.indices.filter { free[$0].byteCount > ordinary }
    if byteCount > ordinary,
      let index = large.max(by: { free[$0].byteCount < free[$1].byteCount })
    {
      free.remove(at: index)
    }
    return ByteBuffer(byteCount: max(byteCount, ordinary), isZeroed: false)
  }
}
