import WeftTensors

/// Reads tensors out of the calls that a pickle would make to rebuild them.
///
/// Source: https://github.com/pytorch/pytorch/blob/v2.9.0/torch/_utils.py (`_rebuild_tensor` and what follows it)
struct TensorDecoder {
  let pickle: Pickle

  /// A call and its arguments, after wrappers such as a parameter's have been taken off.
  private struct Call {
    let title: String
    let arguments: [PickleID]
  }

  /// What a class or function makes.
  private enum Maker {
    /// A tensor of data, with the dtype in an argument or in the data's class.
    case tensor(dtypeArgument: Int?)
    /// Something whose first argument is the tensor.
    case wrapper
    /// What another function makes, which is the first argument with its own arguments in the third.
    case typed
    /// A kind of tensor that cannot be read.
    case unsupported(String)
  }

  private static let makers: [String: Maker] = [
    "torch._utils._rebuild_tensor": .tensor(dtypeArgument: nil),
    "torch._utils._rebuild_tensor_v2": .tensor(dtypeArgument: nil),
    "torch._utils._rebuild_tensor_v3": .tensor(dtypeArgument: 6),
    "torch._utils._rebuild_parameter": .wrapper,
    "torch._utils._rebuild_parameter_with_state": .wrapper,
    "torch.nn.parameter.Parameter": .wrapper,
    "torch.nn.parameter.Buffer": .wrapper,
    "torch._tensor._rebuild_from_type_v2": .typed,
    "torch._utils._rebuild_qtensor": .unsupported("quantised tensors of torch cannot be read"),
    "torch._utils._rebuild_sparse_tensor": .unsupported("sparse tensors cannot be read"),
    "torch._utils._rebuild_sparse_csr_tensor": .unsupported("sparse tensors cannot be read"),
    "torch._utils._rebuild_nested_tensor": .unsupported("nested tensors cannot be read"),
    "torch._utils._rebuild_meta_tensor_no_storage": .unsupported(
      "the tensor is on the meta device and has no data"),
    "torch._utils._rebuild_device_tensor_from_numpy": .unsupported(
      "tensors of other devices' own kinds cannot be read"),
    "torch._utils._rebuild_device_tensor_from_cpu_tensor": .wrapper,
    "torch._utils._rebuild_wrapper_subclass": .unsupported(
      "tensors of a class of their own cannot be read"),
  ]
  private static let maximumWrapperCount = 8
  private static let maximumArgumentCount = 16

  /// Whether a value would be a tensor of some kind.
  func isTensor(_ id: PickleID) -> Bool {
    guard let object = pickle.object(id), let global = pickle.global(object.callable) else {
      return false
    }
    return Self.makers[global.title] != nil
  }

  /// The tensor that a value would be.
  func tensor(_ id: PickleID) throws(TorchError.Problem) -> TorchTensor {
    var call = try call(id)
    for _ in 0..<Self.maximumWrapperCount {
      switch Self.makers[call.title] {
      case .tensor(let dtypeArgument): return try tensor(call, dtypeArgument: dtypeArgument)
      case .wrapper: call = try self.call(argument(0, of: call))
      case .typed:
        call = try self.call(argument(0, of: call), arguments: argument(2, of: call))
      case .unsupported(let what): throw .unsupported(what)
      case nil: throw .unsupported("tensors made by \(call.title) cannot be read")
      }
    }
    throw .malformedTensor("it is wrapped too often")
  }

  private func call(_ id: PickleID) throws(TorchError.Problem) -> Call {
    guard let object = pickle.object(id) else { throw .malformedTensor("it is no tensor") }
    return try call(object.callable, arguments: object.arguments)
  }

  private func call(
    _ callable: PickleID, arguments: PickleID
  ) throws(TorchError.Problem) -> Call {
    guard let global = pickle.global(callable),
      let arguments = pickle.elements(arguments, atMost: Self.maximumArgumentCount)
    else { throw .malformedTensor("it is not made by a function of torch") }
    return Call(title: global.title, arguments: arguments)
  }

  private func argument(_ index: Int, of call: Call) throws(TorchError.Problem) -> PickleID {
    guard call.arguments.indices.contains(index) else {
      throw .malformedTensor("an argument is missing")
    }
    return call.arguments[index]
  }
}

extension TensorDecoder {
  private func tensor(
    _ call: Call, dtypeArgument: Int?
  ) throws(TorchError.Problem) -> TorchTensor {
    guard let storage = try TorchStorage(try argument(0, of: call), in: pickle) else {
      throw .malformedTensor("its data is not in the file")
    }
    let dtype = try dtype(of: storage, call, argument: dtypeArgument)
    guard let offset = pickle.integer(try argument(1, of: call)), offset >= 0 else {
      throw .malformedTensor("its offset is no count")
    }
    let sizes = try integers(try argument(2, of: call))
    let strides = try integers(try argument(3, of: call))
    guard sizes.count == strides.count else {
      throw .malformedTensor("it has \(sizes.count) dimensions, but \(strides.count) strides")
    }
    guard !strides.contains(where: { $0 < 0 }) else { throw .malformedTensor("negative strides") }
    guard !sizes.contains(where: { $0 < 0 }) else { throw .malformedTensor("negative sizes") }
    try checkFlags(call, at: dtypeArgument == nil ? 6 : 7)
    return TorchTensor(
      storage: storage, dtype: dtype, sizes: sizes, strides: strides, offset: offset)
  }

  private func dtype(
    of storage: TorchStorage, _ call: Call, argument index: Int?
  ) throws(TorchError.Problem) -> DType {
    if let index {
      guard let global = pickle.global(try argument(index, of: call)),
        let dtype = TorchElement.dtype(global)
      else { throw .unsupported("the type of the tensor is unknown") }
      return dtype
    }
    switch storage.content {
    case .elements(let dtype): return dtype
    case .untyped: throw .malformedTensor("its data has no type")
    case .unsupported(let what): throw .unsupported(what)
    }
  }

  /// The integers of a tuple, a list or a `torch.Size`.
  private func integers(_ id: PickleID) throws(TorchError.Problem) -> [Int] {
    var id = id
    if let object = pickle.object(id), pickle.global(object.callable)?.title == "torch.Size",
      let inner = pickle.elements(object.arguments, atMost: 1)?.first
    {
      id = inner
    }
    guard let elements = pickle.elements(id, atMost: SafetensorsHeader.maximumRank) else {
      throw .malformedTensor("its dimensions are no list of up to 64 numbers")
    }
    var values: [Int] = []
    for element in elements {
      guard let value = pickle.integer(element) else {
        throw .malformedTensor("its dimensions are no list of numbers")
      }
      values.append(value)
    }
    return values
  }

  /// Refuses tensors whose values are to be negated or conjugated when they are used.
  private func checkFlags(_ call: Call, at index: Int) throws(TorchError.Problem) {
    guard call.arguments.indices.contains(index) else { return }
    for flag in ["conj", "neg"] {
      if let value = pickle.value(call.arguments[index], key: flag), pickle.boolean(value) == true {
        throw .unsupported("tensors that are negated or conjugated when used cannot be read")
      }
    }
  }
}
