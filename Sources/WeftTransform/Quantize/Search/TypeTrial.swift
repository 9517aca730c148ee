import WeftKernels
import WeftTensors

/// A type that a tensor could have, and how its values would become bytes.
struct TypeTrial: Sendable {
  /// The name as recipes have it: of a type, or `keep`.
  let type: String
  /// The type of the elements.
  let dtype: DType
  /// How values become bytes, where the type is none that is computed with.
  let encoding: (any ValueEncoding)?
  /// The size of the tensor in the output, in bytes, with what separates it from the next.
  let byteCount: Int

  /// What the type loses of float32 values, a whole number of grains from the tensor's element `first` on.
  func error(of values: ByteSlice, first: Int, _ workspace: Workspace) -> SquaredError {
    let byteCount = dtype.byteCount(elementCount: values.byteCount / 4) ?? 0
    return workspace.withBuffer(byteCount: byteCount) { stored in
      workspace.withBuffer(byteCount: values.byteCount) { decoded in
        var tally = Tally()
        if let encoding {
          encoding.encode(values, first: first, into: stored, tally: &tally)
          encoding.decode(stored, first: first, into: decoded)
        } else {
          workspace.kernels.convert(values, .f32, into: stored, dtype, tally: &tally)
          workspace.kernels.convert(stored, dtype, into: decoded, .f32, tally: &tally)
        }
        return SquaredError(values, stored: decoded)
      }
    }
  }
}

/// Values as they are, handed on in whole groups, so that any encoder can take them.
struct WholeGrains: ValueEncoding {
  let grain: Int

  var unit: StorageUnit { StorageUnit(.f32) }

  func encode(_ values: ByteSlice, first: Int, into target: ByteSlice, tally: inout Tally) {
    target.copy(from: values)
  }

  func decode(_ stored: ByteSlice, first: Int, into values: ByteSlice) {
    values.copy(from: stored)
  }
}
