package import WeftTensors

extension BlockCodec {
  /// The number of finite values that no block of the type can come near.
  ///
  /// The encoders square values in float32, so that very large ones end as zeros without any scale that overflows.
  package func countBeyondGreatest(_ values: ByteSlice) -> Int {
    let count = values.byteCount / 4
    let largest = LargestMagnitudes(elementCount: count, length: max(1, count))
    largest.add(values, .f32, start: 0)
    guard let found = largest.values.float32Values.first, !(found <= greatest) else { return 0 }
    return values.float32Values.count { $0.isFinite && $0.magnitude > greatest }
  }

  /// A magnitude that the type's scales cannot reach: those of NVFP4 end at 448, float16 at 65504, E8M0 nowhere.
  private var greatest: Float {
    switch dtype {
    case .nvfp4: 448 * 6
    case .mxfp4: .greatestFiniteMagnitude
    default: 65504 * 8192  // more than any type's products of scales and levels
    }
  }
}
