import WeftFiles
import WeftKernels
import WeftTensors

/// Decodes a tensor of 8-bit floats that have no scale.
struct Float8Decoder: ValueDecoder {
  private let tensor: Checkpoint.Tensor
  private let codec: ByteCodec
  private let raw = BufferPool()

  /// The decoder of a tensor; nil when its type is no 8-bit float.
  init?(_ tensor: Checkpoint.Tensor) {
    guard tensor.info.dtype.kind == .float, let codec = ByteCodec(tensor.info.dtype) else {
      return nil
    }
    self.init(tensor, codec)
  }

  private init(_ tensor: Checkpoint.Tensor, _ codec: ByteCodec) {
    (self.tensor, self.codec) = (tensor, codec)
  }

  func inMemory() throws -> any ValueDecoder { Float8Decoder(try tensor.inMemory(), codec) }

  var path: String { tensor.source.path }
  var elementCount: Int { tensor.info.elementCount }
  var grain: Int { 1 }

  func decode(_ elements: Range<Int>, into values: ByteSlice) throws {
    try tensor.withBytes(at: elements.lowerBound, byteCount: elements.count, buffers: raw) {
      codec.decode($0, into: values)
    }
  }
}
