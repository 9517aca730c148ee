import WeftFiles
import WeftKernels
import WeftTensors

/// Decodes a tensor in blocks.
struct BlockDecoder: ValueDecoder {
  private let tensor: Checkpoint.Tensor
  private let codec: BlockCodec
  private let raw = BufferPool()

  /// The decoder of a tensor; nil when its type is not in blocks.
  init?(_ tensor: Checkpoint.Tensor) {
    guard let codec = BlockCodec(tensor.info.dtype) else { return nil }
    self.init(tensor, codec)
  }

  private init(_ tensor: Checkpoint.Tensor, _ codec: BlockCodec) {
    (self.tensor, self.codec) = (tensor, codec)
  }

  func inMemory() throws -> any ValueDecoder { BlockDecoder(try tensor.inMemory(), codec) }

  var path: String { tensor.source.path }
  var elementCount: Int { tensor.info.elementCount }
  var grain: Int { tensor.info.dtype.blockElementCount }

  func decode(_ elements: Range<Int>, into values: ByteSlice) throws {
    let dtype = tensor.info.dtype
    let start = elements.lowerBound / grain * dtype.blockByteCount
    let byteCount = elements.count / grain * dtype.blockByteCount
    try tensor.withBytes(at: start, byteCount: byteCount, buffers: raw) {
      codec.decode($0, into: values)
    }
  }
}
