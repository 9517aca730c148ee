import CKernels
import WeftKernels
import WeftTensors

/// A call of a kernel of attention, whose tokens are given as float32.
struct AttentionCall {
  var set: FastInstructionSet
  var element = Tensor.Element.float32
  var options: AttentionOptions

  /// Values as the element holds them.
  func held(_ x: Tensor) -> Tensor {
    element == .float32
      ? x : Tensor(x.shape, x.floats.map { Float(bitPattern: UInt32(Self.bfloat16($0)) << 16) })
  }

  /// The result of whole tensors.
  func run(_ query: Tensor, _ key: Tensor, _ value: Tensor) -> Tensor {
    Tensor(query.shape, result(query, key, value) { $0 })
  }

  /// The values of the result after the items were computed in the given order.
  func result(
    _ query: Tensor, _ key: Tensor, _ value: Tensor, order: (Range<Int>) -> any Sequence<Int>
  ) -> [Float] {
    let buffers = [query, key, value].map(buffer)
    let target = ByteBuffer(byteCount: query.elementCount * element.byteCount)
    var heads = weft_heads()
    heads.element = element == .float32 ? WEFT_ELEMENT_F32 : WEFT_ELEMENT_BF16
    let starts = buffers.map { UnsafeRawPointer($0.all.memory.baseAddress) }
    (heads.query, heads.key, heads.value) = (starts[0], starts[1], starts[2])
    heads.target = target.all.memory.baseAddress
    (heads.pictures, heads.queries, heads.keys) = (query[0], query[1], key[1])
    (heads.heads, heads.channels) = (options.heads, query[2] / options.heads)
    let stride = query[2]
    heads.strides = .init(query: stride, key: stride, value: stride, target: stride)
    heads.scale = options.scale ?? 1 / Float(heads.channels).squareRoot()
    heads.is_causal = options.isCausal
    let isa = weft_fast_isa(rawValue: set.rawValue)
    for item in order(0..<weft_attention_items(isa, &heads)) {
      let scratch = ByteBuffer(byteCount: weft_attention_scratch(isa, &heads))
      scratch.all.memory.initializeMemory(as: UInt8.self, repeating: 0xFF)  // all NaN
      withExtendedLifetime((buffers, target, scratch)) {
        weft_attend_item(isa, &heads, item, scratch.all.memory.baseAddress)
      }
    }
    return floats(target)
  }

  private func buffer(_ x: Tensor) -> ByteBuffer {
    element == .float32
      ? Self.buffer(x.floats) : Self.buffer(x.floats.map(Self.bfloat16))
  }

  private static func buffer<Value: BitwiseCopyable>(_ values: [Value]) -> ByteBuffer {
    let buffer = ByteBuffer(byteCount: values.count * MemoryLayout<Value>.stride)
    values.withUnsafeBytes { buffer.all.memory.copyMemory(from: $0) }
    return buffer
  }

  private func floats(_ buffer: ByteBuffer) -> [Float] {
    withExtendedLifetime(buffer) {
      let bytes = UnsafeRawBufferPointer(buffer.all.memory)
      return element == .float32
        ? Array(bytes.bindMemory(to: Float.self))
        : bytes.bindMemory(to: UInt16.self).map { Float(bitPattern: UInt32($0) << 16) }
    }
  }

  private static func bfloat16(_ value: Float) -> UInt16 {
    let bits = value.bitPattern
    return value.isNaN ? 0x7FC0 : UInt16((bits + 0x7FFF + (bits >> 16 & 1)) >> 16)
  }
}
