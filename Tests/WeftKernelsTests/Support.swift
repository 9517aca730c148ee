import WeftKernels
import WeftTensors

/// The float types, widest last.
let floatTypes: [DType] = [.f16, .bf16, .f32, .f64]

/// A seeded generator (splitmix64), so that a failure can be repeated.
struct Generator: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  /// About normal, with the given deviation.
  mutating func normal(_ deviation: Double) -> Double {
    let sum = (0..<12).reduce(-6.0) { total, _ in total + Double(next() >> 11) * 0x1p-53 }
    return sum * deviation
  }
}

/// A slice with a copy of the values' bytes.
func slice<Value: BitwiseCopyable>(_ values: [Value]) -> ByteSlice {
  let buffer = ByteBuffer(byteCount: values.count * MemoryLayout<Value>.stride)
  values.withUnsafeBytes { buffer.all.memory.copyMemory(from: $0) }
  return buffer.all
}

/// The bytes of a slice as values.
func values<Value: BitwiseCopyable>(_ slice: ByteSlice, as type: Value.Type) -> [Value] {
  withExtendedLifetime(slice) { Array(slice.memory.bindMemory(to: type)) }
}

/// A fresh slice for some elements.
func room(_ count: Int, _ dtype: DType) -> ByteSlice {
  ByteBuffer(byteCount: count * (dtype.byteWidth ?? 0)).all
}

/// Doubles rounded to a type by the scalar kernels.
func slice(_ doubles: [Double], _ dtype: DType) -> ByteSlice {
  let target = room(doubles.count, dtype)
  var tally = Tally()
  Kernels.scalar.convert(slice(doubles), .f64, into: target, dtype, tally: &tally)
  return target
}

/// Any bits at all, with many special values among them.
func anyBits(_ count: Int, _ dtype: DType, _ generator: inout Generator) -> ByteSlice {
  let target = room(count, dtype)
  for i in 0..<target.byteCount {
    target.memory[i] = UInt8(truncatingIfNeeded: generator.next() >> 20)
  }
  let specials = slice([0, -0.0, .infinity, -.infinity, .nan, 1, 65504, 65520, 0x1p-25], dtype)
  let width = target.byteCount / max(count, 1)
  for i in 0..<count where generator.next() % 8 == 0 {
    let pick = Int(generator.next() % 9)
    target[i * width..<(i + 1) * width].copy(
      from: specials[pick * width..<(pick + 1) * width].array)
  }
  return target
}
