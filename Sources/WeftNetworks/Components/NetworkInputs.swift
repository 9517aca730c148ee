package import WeftFiles
import WeftKernels
import WeftTensors
import WeftTransform

/// The named tensors that go into a network.
package struct NetworkInputs: Sendable {
  /// The file, for messages; nil for tensors that were made.
  package let path: String?
  /// What was read; it must not be replaced.
  package let files: [InputFile]
  private let tensors: [String: InputTensor]

  /// Takes tensors by name.
  package init(_ tensors: [String: InputTensor]) {
    self.init(tensors, path: nil, files: [])
  }

  private init(_ tensors: [String: InputTensor], path: String?, files: [InputFile]) {
    (self.tensors, self.path, self.files) = (tensors, path, files)
  }

  /// The names, sorted.
  package var names: [String] { tensors.keys.sorted() }

  /// A tensor, or nil.
  package subscript(name: String) -> InputTensor? { tensors[name] }

  /// The values of a tensor that was checked for.
  func tensor(_ name: String) throws -> Tensor {
    guard let found = tensors[name] else { throw missing(name) }
    return found.tensor
  }

  /// The integers of a tensor that was checked for, row by row.
  func rows(_ name: String) throws -> [[Int]] {
    guard let found = tensors[name], let integers = found.integers, found.shape.rank == 2 else {
      throw missing(name)
    }
    let width = found.shape.dimensions[1]
    return (0..<found.shape.rowCount).map { Array(integers[$0 * width..<($0 + 1) * width]) }
  }

  /// The values of a numbered series, from `NAME.0` up to the first that is not there.
  func series(_ name: String) -> [Tensor] {
    var found: [Tensor] = []
    while let next = tensors["\(name).\(found.count)"] { found.append(next.tensor) }
    return found
  }

  private func missing(_ name: String) -> NetworkError {
    NetworkError(
      status: .badData, what: "the input '\(name)' is missing", place: path, advice: "add it")
  }
}

extension NetworkInputs {
  /// Reads a file of named tensors of any float or integer type.
  ///
  /// - Throws: when the file cannot be read, holds anything else, or more than there is memory for.
  package static func open(_ path: String) throws -> NetworkInputs {
    let checkpoint = try Checkpoint.open(path)
    try checkMemory(checkpoint)
    var tensors: [String: InputTensor] = [:]
    for tensor in checkpoint.tensors {
      tensors[tensor.info.name] = try tensor.decoded().input()
    }
    return NetworkInputs(tensors, path: path, files: checkpoint.files)
  }

  private static func checkMemory(_ checkpoint: Checkpoint) throws {
    let need = MemoryNeed(
      weightByteCount: 0,
      activationByteCount: checkpoint.tensors.reduce(0) { sum, tensor in
        sum + tensor.info.elementCount * Tensor.elementByteCount
      })
    try need.check(path: checkpoint.path)
  }
}

extension Checkpoint.Tensor {
  /// All values in memory.
  fileprivate func input() throws -> InputTensor {
    let dtype = info.dtype
    if dtype.isComputable {
      let stored = ByteBuffer(byteCount: info.byteCount, isZeroed: false)
      try read(at: 0, into: stored.all)
      let values = ByteBuffer(byteCount: info.elementCount * Tensor.elementByteCount)
      var tally = Tally()
      Kernels.best.convert(stored.all, dtype, into: values.all, .f32, tally: &tally)
      return InputTensor(Tensor(shape: info.shape, buffer: values))
    }
    guard let width = dtype.byteWidth, let isSigned = dtype.isSigned else {
      throw NetworkError(
        status: .badData, what: "the input '\(info.name)' is \(dtype.rawValue)",
        place: source.path, advice: "give a float or integer type")
    }
    let bytes = try self.bytes()
    return InputTensor(
      info.shape,
      (0..<info.elementCount).map {
        Int(littleEndian: bytes[$0 * width..<($0 + 1) * width], isSigned: isSigned)
      })
  }
}

extension DType {
  /// Whether integers of the type have a sign; nil for what is no integer.
  fileprivate var isSigned: Bool? {
    switch self {
    case .i8, .i16, .i32, .i64: true
    case .u8, .u16, .u32, .u64, .bool: false
    default: nil
    }
  }
}

extension Int {
  /// Up to eight bytes, the lowest first; what does not fit becomes negative, which no id is.
  fileprivate init(littleEndian bytes: ArraySlice<UInt8>, isSigned: Bool) {
    let isNegative = isSigned && (bytes.last ?? 0) >= 0x80
    let filled = bytes.reversed().reduce(isNegative ? UInt64.max : 0) { $0 << 8 | UInt64($1) }
    self.init(truncatingIfNeeded: filled)
  }
}
