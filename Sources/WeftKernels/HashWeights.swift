import CKernels
package import WeftTensors

/// The values of a deterministic test weight (weft-hash-v1), made from its name alone.
///
/// The seed is FNV-1a-64 of `TAG/NAME`, element i takes the (i + 1)-th output of splitmix64. Every
/// value is exact in float16.
package struct HashWeights: Sendable {
  /// The distribution of the values.
  package enum Kind: Sendable, Hashable {
    /// A linear or convolution weight; the inputs of one output are `fanIn`.
    case matrix(fanIn: Int)
    /// A norm's weight, around one.
    case norm
    /// A bias.
    case bias
    /// An embedding.
    case embedding
  }

  private let seed: UInt64
  private let kind: Kind

  /// Names a weight.
  package init(tag: String = "w1", name: String, kind: Kind) {
    seed = "\(tag)/\(name)".utf8.reduce(0xCBF2_9CE4_8422_2325) {
      ($0 ^ UInt64($1)) &* 0x100_0000_01B3
    }
    self.kind = kind
  }

  /// Writes the values of a range of flat indices, as f16 or another float type.
  package func write(_ indices: Range<Int>, into target: ByteSlice, _ dtype: DType) {
    precondition(indices.lowerBound >= 0 && target.elementCount(dtype) == indices.count)
    let scratch = ByteBuffer(byteCount: min(indices.count, Self.chunk) * 4)
    let width = dtype.requiredByteWidth
    for start in stride(from: 0, to: indices.count, by: Self.chunk) {
      let count = min(Self.chunk, indices.count - start)
      let part = scratch.all.prefix(count * 4)
      // In bounds: the part holds `count` float32 values.
      withExtendedLifetime(part) {
        weft_hash_weights(
          seed, rawKind, fanIn, UInt64(indices.lowerBound + start), count,
          part.start?.assumingMemoryBound(to: Float.self))
      }
      var tally = Tally()
      Kernels.best.convert(
        part, .f32, into: target[start * width..<(start + count) * width], dtype, tally: &tally)
    }
  }

  /// The elements made at a time, so that they stay in the cache.
  private static let chunk = 4096

  private var rawKind: weft_hash_kind {
    switch kind {
    case .matrix: WEFT_HASH_MATRIX
    case .norm: WEFT_HASH_NORM
    case .bias: WEFT_HASH_BIAS
    case .embedding: WEFT_HASH_EMBEDDING
    }
  }

  private var fanIn: UInt64 {
    if case .matrix(let fanIn) = kind { UInt64(fanIn) } else { 1 }
  }
}
