import WeftTensors

/// Writes the pickle of a dictionary of tensors in the opcodes that `torch.load(weights_only=True)` accepts.
///
/// Source: https://github.com/pytorch/pytorch/blob/v2.9.0/torch/_weights_only_unpickler.py
struct TorchPickle {
  private var bytes = LittleEndianBytes()

  /// The pickle of `{name: tensor}`, or of `{"state_dict": {name: tensor}}` when it is wrapped; the storage of each
  /// tensor has its index as key.
  static func bytes(_ tensors: [TensorInfo], isWrapped: Bool) throws(TorchWriteError) -> [UInt8] {
    var pickle = TorchPickle()
    pickle.bytes.append([0x80, 0x02])  // PROTO 2
    if isWrapped { pickle.beginWrapper() }
    try pickle.appendDictionary(tensors)
    if isWrapped { pickle.bytes.append("s".utf8) }  // SETITEM
    pickle.bytes.append(".".utf8)  // STOP
    return pickle.bytes.bytes
  }

  private mutating func beginWrapper() {
    bytes.append("}".utf8)  // EMPTY_DICT
    append("state_dict")
  }

  private mutating func appendDictionary(_ tensors: [TensorInfo]) throws(TorchWriteError) {
    bytes.append("}(".utf8)  // EMPTY_DICT, MARK
    for (index, info) in tensors.enumerated() {
      append(info.name)
      try append(info, key: index)
    }
    bytes.append("u".utf8)  // SETITEMS
  }

  /// A call of torch's own function that puts a tensor together: storage, offset, sizes, strides, no gradient, no hooks.
  private mutating func append(_ info: TensorInfo, key: Int) throws(TorchWriteError) {
    guard let type = TorchElement.spelling(of: info.dtype) else {
      throw TorchWriteError(tensor: info.name, dtype: info.dtype)
    }
    appendGlobal("torch._utils", type.storage == nil ? "_rebuild_tensor_v3" : "_rebuild_tensor_v2")
    bytes.append("((".utf8)  // MARK, MARK
    append("storage")
    appendGlobal(
      type.storage == nil ? "torch.storage" : "torch", type.storage ?? TorchElement.untypedStorage)
    append(String(key))
    append("cpu")
    append(type.storage == nil ? info.byteCount : info.elementCount)
    bytes.append("tQ".utf8)  // TUPLE, BINPERSID
    append(0)
    append(info.shape.dimensions)
    append(Self.strides(info.shape))
    bytes.append([0x89])  // NEWFALSE
    appendGlobal("collections", "OrderedDict")
    bytes.append(")R".utf8)  // EMPTY_TUPLE, REDUCE
    if type.storage == nil { appendGlobal("torch", type.names[0]) }
    bytes.append("tR".utf8)  // TUPLE, REDUCE
  }

  /// The strides of packed rows, in elements.
  private static func strides(_ shape: Shape) -> [Int] {
    var stride = 1
    let reversed = shape.dimensions.reversed().map { size in
      defer { stride *= max(1, size) }
      return stride
    }
    return reversed.reversed()
  }

  private mutating func append(_ text: String) {
    bytes.append("X".utf8)  // BINUNICODE
    bytes.append(text.utf8.count, width: 4)
    bytes.append(text.utf8)
  }

  private mutating func appendGlobal(_ module: String, _ name: String) {
    bytes.append("c\(module)\n\(name)\n".utf8)  // GLOBAL
  }

  private mutating func append(_ values: [Int]) {
    bytes.append("(".utf8)  // MARK
    for value in values { append(value) }
    bytes.append("t".utf8)  // TUPLE
  }

  private mutating func append(_ value: Int) {
    switch value {
    case 0..<0x100:
      bytes.append("K".utf8)  // BININT1
      bytes.append(value, width: 1)
    case 0..<0x8000_0000:
      bytes.append("J".utf8)  // BININT
      bytes.append(value, width: 4)
    default:
      bytes.append([0x8A, 8])  // LONG1 of 8 bytes
      bytes.append(value, width: 8)
    }
  }
}

/// A tensor of a type that torch files cannot hold.
struct TorchWriteError: ActionableError {
  let tensor: String
  let dtype: DType

  var status: ExitStatus { .badData }
  var what: String { "torch has no type for the \(dtype.rawValue) tensor" }
  var place: String? { tensor }
  var advice: String { "write a safetensors file instead" }
}
