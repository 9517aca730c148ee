import WeftTensors

/// Gives every tensor the source of its bytes, after its place in the file was checked.
struct TensorPlacer {
  /// Many views of little data may ask for this many times its size.
  private static let maximumFanOut = 4
  /// Expanded tensors are legal: this much is free whatever the size of the file, in bytes.
  private static let freeByteCount = 1 << 30

  /// The data of a name, or nil when the file does not hold it.
  let find: (TorchStorage) throws -> (any ByteSource)?
  /// Whether numbers are stored most significant byte first.
  let isBigEndian: Bool
  /// The size of all data in the file, in bytes.
  let storageByteCount: Int

  private var sources: [String: any ByteSource] = [:]
  private var totalByteCount = 0

  init(
    storageByteCount: Int, isBigEndian: Bool,
    find: @escaping (TorchStorage) throws -> (any ByteSource)?
  ) {
    self.find = find
    self.isBigEndian = isBigEndian
    self.storageByteCount = storageByteCount
  }

  /// A tensor of a name with the source of its bytes.
  mutating func place(_ tensor: TorchTensor, name: String) throws -> Checkpoint.Tensor {
    guard let width = tensor.dtype.byteWidth,
      let info = TensorInfo(name: name, dtype: tensor.dtype, shape: Shape(tensor.sizes)),
      let span = tensor.spanElementCount
    else { throw TorchError.Problem.malformedTensor("its size overflows") }
    try count(info.byteCount)
    let (source, start) = try locate(tensor, span: span, width: width)
    guard !tensor.isContiguous else {
      return Checkpoint.Tensor(info: info, source: source, offset: start)
    }
    let axes = zip(tensor.sizes, tensor.strides).map { StridedAxis(size: $0, stride: $1) }
    let gathered = StridedSource(
      source, start: start, width: width, byteCount: info.byteCount, axes: axes)
    return Checkpoint.Tensor(info: info, source: gathered, offset: 0)
  }

  /// Refuses files whose tensors are, by views of the same data, far larger than the file.
  private mutating func count(_ byteCount: Int) throws(TorchError.Problem) {
    let (total, overflow) = totalByteCount.addingReportingOverflow(byteCount)
    let limit = Self.freeByteCount + storageByteCount * Self.maximumFanOut
    guard !overflow, total <= limit else {
      throw .tooMuchData(
        byteCount: overflow ? Int.max : total, storageByteCount: storageByteCount)
    }
    totalByteCount = total
  }

  /// The data of a tensor and where in it the tensor starts, in bytes.
  private mutating func locate(
    _ tensor: TorchTensor, span: Int, width: Int
  ) throws -> (any ByteSource, start: Int) {
    let storage = tensor.storage
    let outside = TorchError.Problem.outsideStorage(key: storage.key)
    guard let storageWidth = storage.elementByteCount else { throw outside }
    let source = try source(of: storage, elementWidth: storageWidth, width: width)
    let available = storage.viewElementCount * storageWidth / width
    guard span <= available, tensor.offset <= available - span else { throw outside }
    return (source, storage.viewOffset * storageWidth + tensor.offset * width)
  }

  private mutating func source(
    of storage: TorchStorage, elementWidth: Int, width: Int
  ) throws -> any ByteSource {
    let swapKey = isBigEndian ? "\(storage.key)/\(width)" : storage.key
    let (needed, overflow) = storage.elementCount.multipliedReportingOverflow(by: elementWidth)
    let known = sources[swapKey]
    guard let source = try known ?? find(storage) else {
      throw TorchError.Problem.missingStorage(key: storage.key)
    }
    guard !overflow, needed <= source.byteCount else {
      throw TorchError.Problem.shortStorage(
        key: storage.key, byteCount: source.byteCount, expected: overflow ? Int.max : needed)
    }
    if let known { return known }
    let ordered: any ByteSource =
      isBigEndian && width > 1 ? SwappedSource(source, width: width) : source
    sources[swapKey] = ordered
    return ordered
  }
}
