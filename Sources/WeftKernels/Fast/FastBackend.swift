import CKernels
import COneDNN
import WeftTensors

/// The quickest way to compute: oneDNN's convolutions and products, and fused kernels for all else.
///
/// Pictures are kept channels last, so that their pixels are tokens as they are. Results are the same from run to run on one
/// machine and number of threads, and differ from those of `ReferenceBackend` by the rounding of the type that is computed in.
package final class FastBackend: Backend {
  package let name = "fast"
  package let pool = TensorPool()
  /// The type that layers are computed in.
  package let precision: Precision
  let threads: Int
  let set: FastInstructionSet
  /// How activations are stored.
  let element: Tensor.Element
  /// Where stored weights become values.
  let room: WeightRoom
  let elements: FastElements
  /// The largest magnitudes that go into the layers that are computed with integers, by the layers' paths.
  let inputMaxima: [String: Float]
  /// Which of these layers are computed with integers; nil for all.
  let layerSwitch: LayerSwitch?

  /// The types that layers can be computed in.
  package enum Precision: String, Sendable, CaseIterable {
    /// Activations and weights of float32.
    case f32
    /// Activations and weights of bfloat16, sums of float32. On a processor without such products weights are rounded all the
    /// same, and the rest is float32.
    case bf16
    /// As `bf16`, but layers whose inputs' magnitudes are known are products of 8-bit integers where the processor has them.
    case int8
  }

  /// Makes a backend that works on so many threads.
  ///
  /// - Parameters:
  ///   - threads: from one up.
  ///   - precision: what layers are computed in.
  ///   - inputMaxima: the largest magnitudes that go into the layers to compute with integers, by the layers' paths.
  ///   - layerSwitch: turns these layers on and off, whose weights are held twice for that; nil for all.
  ///   - set: the instructions that may be used.
  ///   - activations: how these are stored; nil for what suits the precision.
  /// - Throws: when oneDNN is missing.
  package init(
    threads: Int, precision: Precision, inputMaxima: [String: Float] = [:],
    layerSwitch: LayerSwitch? = nil, _ set: FastInstructionSet = .best,
    storing activations: Tensor.Element? = nil
  ) throws {
    precondition(threads > 0 && set <= .best)
    guard OneDNN.load(set) else { throw OneDNNMissing() }
    (self.threads, self.precision, self.set) = (threads, precision, set)
    let isShort = precision != .f32 && set.computesBFloat16
    element = activations ?? (isShort ? .bfloat16 : .float32)
    self.inputMaxima = precision == .int8 && set.computesIntegers ? inputMaxima : [:]
    self.layerSwitch = layerSwitch
    elements = FastElements(set)
    room = WeightRoom(elementByteCount: element.byteCount)
  }

  /// Float32, row after row.
  package func plain(_ x: Tensor) throws -> Tensor {
    x.isPlain ? x : try copy(x, .float32, .rowMajor)
  }

  /// How values of a shape are stored: vectors, one for each picture, in float32, since a rounding of theirs meets all pixels
  /// alike.
  func element(of shape: Shape) -> Tensor.Element { shape.rank == 2 ? .float32 : element }

  /// A tensor in the form in which this backend keeps its shape.
  func own(_ x: Tensor) throws -> Tensor {
    let order: Tensor.Order = x.shape.rank == 4 ? .channelsLast : .rowMajor
    let element = element(of: x.shape)
    return x.element == element && x.order == order ? x : try copy(x, element, order)
  }

  /// Room for a tensor in the form in which this backend keeps its shape.
  func room(_ shape: Shape) -> Tensor {
    pool.tensor(shape, element(of: shape), shape.rank == 4 ? .channelsLast : .rowMajor)
  }

  /// The tensor itself when nobody else holds it, or room for another of its kind.
  func room(for x: inout Tensor) -> Tensor {
    x.isUnshared() ? x : pool.tensor(x.shape, x.element, x.order)
  }

  /// Calls `body` with each item's number, on all threads.
  func each(_ count: Int, _ body: @Sendable (_ worker: Int, _ item: Int) throws -> Void) throws {
    try Parallel.run(threads: threads, count: count, on: .oneDNN, body)
  }

  /// Calls `body` with ranges of a count that are `size` long, on all threads.
  func inParts(of count: Int, size: Int, _ body: @Sendable (Range<Int>) throws -> Void) throws {
    try each((count + size - 1) / size) { _, part in
      try body(part * size..<min(count, (part + 1) * size))
    }
  }
}

extension Tensor {
  /// The first value, whatever its type, for a kernel; the caller keeps the tensor alive and stays within `byteCount`.
  var bytes: UnsafeMutableRawPointer? { values.start }

  /// As `bytes`, from an element on.
  func bytes(at place: Int) -> UnsafeMutableRawPointer? {
    precondition((0...elementCount).contains(place))
    return bytes.map { $0 + place * element.byteCount }  // in bounds: checked above
  }
}

extension Tensor.Element {
  var oneDNN: weft_onednn_type {
    switch self {
    case .float32: WEFT_ONEDNN_F32
    case .bfloat16: WEFT_ONEDNN_BF16
    case .int8: WEFT_ONEDNN_S8
    }
  }
}

extension Optional<Activation> {
  var oneDNN: weft_onednn_activation {
    switch self {
    case nil: WEFT_ONEDNN_NO_ACTIVATION
    case .silu: WEFT_ONEDNN_SILU
    case .gelu: WEFT_ONEDNN_GELU
    case .geluTanh: WEFT_ONEDNN_GELU_TANH
    case .quickGELU: WEFT_ONEDNN_QUICK_GELU
    case .relu: WEFT_ONEDNN_RELU
    case .tanh: WEFT_ONEDNN_TANH
    }
  }
}
