import WeftFiles
import WeftKernels
import WeftTensors

/// The core of a Tucker decomposition times its right factor: `X[p, i · taps + t] = Σ_q core[p, q, t] · right[q, i]`.
///
/// With it `up · X` is the whole decomposition `Σ_pq up[o, p] · core[p, q, t] · right[q, i]`, a product of rank p.
/// Source: https://github.com/KohakuBlueleaf/LyCORIS/blob/f49d30d/lycoris/functional/general.py (rebuild_tucker)
struct CoreFactor: ComputedFactor {
  /// `[rows, inner, kh, kw]`.
  let core: Checkpoint.Tensor
  /// `[inner, inputs]`, with or without trailing ones.
  let right: Checkpoint.Tensor
  /// The dimensions: p, q, the input channels and the positions of the kernel.
  let rows: Int
  let inner: Int
  let inputs: Int
  let taps: Int

  var elementCount: Int { rows * inputs * taps }
  var tensors: [Checkpoint.Tensor] { [core, right] }

  func values(_ workspace: Workspace) throws -> ByteSlice {
    let core = try self.core.doubles(workspace)  // [rows, inner, taps]
    let right = try self.right.doubles(workspace)  // [inner, inputs]
    let turned = ByteBuffer(byteCount: right.byteCount, isZeroed: false)
    transpose(right, rows: inner, columns: inputs, elementWidth: 8, into: turned.all)
    let target = ByteBuffer(byteCount: elementCount * 8, isZeroed: false)
    for row in 0..<rows {
      let slab = core.elements(row * inner * taps..<(row + 1) * inner * taps)  // [inner, taps]
      try workspace.product(
        turned.all, slab,
        into: target.all.elements(row * inputs * taps..<(row + 1) * inputs * taps),
        rows: inputs, inner: inner, columns: taps)  // [inputs, taps]
    }
    return target.all  // [rows, inputs * taps]
  }

  func reading(_ moved: (Checkpoint.Tensor) -> Checkpoint.Tensor) -> any ComputedFactor {
    CoreFactor(
      core: moved(core), right: moved(right), rows: rows, inner: inner, inputs: inputs, taps: taps)
  }
}

/// The transpose of a stored factor, as the Tucker forms of LoHa and LoKr keep their left ones.
struct TransposedFactor: ComputedFactor {
  /// `[rows, columns]`, with or without trailing ones.
  let tensor: Checkpoint.Tensor
  let rows: Int
  let columns: Int

  var elementCount: Int { rows * columns }
  var tensors: [Checkpoint.Tensor] { [tensor] }

  func values(_ workspace: Workspace) throws -> ByteSlice {
    let stored = try tensor.doubles(workspace)
    let target = ByteBuffer(byteCount: stored.byteCount, isZeroed: false)
    transpose(stored, rows: rows, columns: columns, elementWidth: 8, into: target.all)
    return target.all  // [columns, rows]
  }

  func reading(_ moved: (Checkpoint.Tensor) -> Checkpoint.Tensor) -> any ComputedFactor {
    TransposedFactor(tensor: moved(tensor), rows: rows, columns: columns)
  }
}
