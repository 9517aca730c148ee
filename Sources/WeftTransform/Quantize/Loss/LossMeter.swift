import WeftFiles
import WeftKernels
import WeftTensors

/// Measures what is lost in a run of elements; one thread at a time uses it.
final class LossMeter {
  private let kernels: Kernels
  private(set) var loss: MeasuredLoss

  /// Makes a meter, with a grid to see where the errors are.
  init(_ kernels: Kernels, grid: ErrorGrid? = nil) {
    self.kernels = kernels
    loss = MeasuredLoss(errors: grid.map(ErrorSums.init))
  }

  /// Adds float32 values and what the stored form makes of them, from the tensor's element `first` on.
  func add(_ values: ByteSlice, decoded: ByteSlice, first: Int) {
    loss.comparison += kernels.compare(values, .f32, decoded, .f32, firstIndex: first)
    loss.errors?.add(values, decoded, first: first)
  }

  /// Adds values and what a cast makes of them.
  func add(_ values: ByteSlice, _ dtype: DType, cast: ByteSlice, _ castDType: DType) {
    loss.comparison += kernels.compare(values, dtype, cast, castDType)
  }

  /// Adds values that are written as they are.
  func add(_ values: ByteSlice, _ dtype: DType) { add(values, dtype, cast: values, dtype) }
}

extension PlannedTensor {
  /// The number of values that are looked at when the loss is measured; it may be another than that of the elements that
  /// store them.
  var measuredCount: Int {
    pieces.reduce(0) { count, piece in
      switch piece.work {
      case .compute(let block, _): count + block.elementCount
      case .evaluate(let formula): count + formula.rows * formula.columns
      case .copy: count + piece.byteCount / (info.dtype.byteWidth ?? 1)
      default: count
      }
    }
  }

  /// The grid of the values that are encoded: that of the stored shape, or of the source's where several are packed together.
  var errorGrid: ErrorGrid? {
    guard pieces.allSatisfy(\.isComputed) else { return nil }
    let count = measuredCount
    let shape = [info.shape, origin?.info.shape].lazy.compactMap(\.self)
      .first { $0.checkedElementCount == count }
    return ErrorGrid(
      shape ?? Shape([count]), blockElementCount: info.dtype.blockElementCount)
  }

  /// What measures the loss of the values that are not encoded; nil for what is no float weight.
  func plainMeter(_ options: RunOptions) -> LossMeter? {
    guard options.measuresLoss, encoding == nil, isWeight, info.dtype.kernelType != nil else {
      return nil
    }
    return LossMeter(options.kernels)
  }
}
