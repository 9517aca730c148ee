package import WeftTensors

extension ByteSlice {
  /// A copy of the bytes as float32 values, for short lists.
  package var float32Values: [Float] {
    let bytes = array
    return stride(from: 0, to: bytes.count / 4 * 4, by: 4).map { start in
      Float(bitPattern: (0..<4).reduce(0) { $0 | UInt32(bytes[start + $1]) << UInt32(8 * $1) })
    }
  }
}
