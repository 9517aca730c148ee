import CKernels
import WeftTensors

/// The arithmetic of networks over float32; every instruction set gives the same bits.
package struct ComputeKernels: @unchecked Sendable {
  /// The functions; the table is constant and lives as long as the process.
  let table: UnsafePointer<weft_compute>

  /// The functions of an instruction set that this processor has.
  package init(_ set: InstructionSet = .best) {
    precondition(set <= .best)
    table = weft_compute_of(set.raw)
  }
}

extension Optional<Activation> {
  /// The number by which the kernels know the function.
  var raw: weft_activation {
    switch self {
    case nil: WEFT_NO_ACTIVATION
    case .silu: WEFT_SILU
    case .gelu: WEFT_GELU
    case .geluTanh: WEFT_GELU_TANH
    case .quickGELU: WEFT_QUICK_GELU
    case .relu: WEFT_RELU
    case .tanh: WEFT_TANH
    }
  }
}

extension Tensor {
  /// The first element, for a kernel; the caller keeps the tensor alive and stays within `elementCount`.
  var start: UnsafeMutablePointer<Float>? {
    precondition(isPlain)
    return values.start?.assumingMemoryBound(to: Float.self)
  }

  /// As `start`, from an element on.
  func start(at element: Int) -> UnsafeMutablePointer<Float>? {
    precondition((0...elementCount).contains(element))
    return start.map { $0 + element }  // in bounds: checked above
  }
}

extension weft_epilogue {
  /// An epilogue from an element of the channels' biases and one of the residual on.
  ///
  /// The caller keeps the epilogue alive and has compared the shapes of its tensors.
  init(_ epilogue: Epilogue, addend: Int, residual: Int) {
    self.init()
    row_addend = epilogue.channelBias.flatMap { UnsafePointer($0.start(at: addend)) }
    activation = epilogue.activation.raw
    self.residual = epilogue.residual.flatMap { UnsafePointer($0.start(at: residual)) }
  }
}
