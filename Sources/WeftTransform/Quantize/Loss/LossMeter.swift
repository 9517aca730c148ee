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
  /// What measures the loss of the values that are not encoded; nil for what is no float weight.
  func plainMeter(_ options: RunOptions) -> LossMeter? {
    guard options.measuresLoss, encoding == nil, isWeight, info.dtype.kernelType != nil else {
      return nil
    }
    return LossMeter(options.kernels)
  }
}
