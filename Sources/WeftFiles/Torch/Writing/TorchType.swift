import WeftTensors

/// How torch names the type of a tensor's elements in a pickle.
///
/// The old types have a storage class each; the newer ones are bytes with the type's own name beside them.
/// Source: https://github.com/pytorch/pytorch/blob/v2.9.0/torch/storage.py
struct TorchType {
  /// The class of the storage, such as `HalfStorage`.
  let storageName: String
  /// The name of the type itself, such as `float16`.
  let dtypeName: String
  /// Whether the storage counts bytes, because torch has no storage class for the type.
  var isUntyped: Bool { storageName == Self.untypedName }
  /// The module of the storage's class.
  var storageModule: String { isUntyped ? "torch.storage" : "torch" }

  private static let untypedName = "UntypedStorage"

  private static let types: [DType: TorchType] = [
    .f64: TorchType("DoubleStorage", "float64"),
    .f32: TorchType("FloatStorage", "float32"),
    .f16: TorchType("HalfStorage", "float16"),
    .bf16: TorchType("BFloat16Storage", "bfloat16"),
    .i64: TorchType("LongStorage", "int64"),
    .i32: TorchType("IntStorage", "int32"),
    .i16: TorchType("ShortStorage", "int16"),
    .i8: TorchType("CharStorage", "int8"),
    .u8: TorchType("ByteStorage", "uint8"),
    .bool: TorchType("BoolStorage", "bool"),
    .c64: TorchType("ComplexFloatStorage", "complex64"),
    .u16: TorchType(untypedName, "uint16"),
    .u32: TorchType(untypedName, "uint32"),
    .u64: TorchType(untypedName, "uint64"),
    .f8e4m3: TorchType(untypedName, "float8_e4m3fn"),
    .f8e5m2: TorchType(untypedName, "float8_e5m2"),
    .f8e4m3fnuz: TorchType(untypedName, "float8_e4m3fnuz"),
    .f8e5m2fnuz: TorchType(untypedName, "float8_e5m2fnuz"),
    .f8e8m0: TorchType(untypedName, "float8_e8m0fnu"),
  ]

  private init(_ storageName: String, _ dtypeName: String) {
    self.storageName = storageName
    self.dtypeName = dtypeName
  }

  /// The names of a type; nil for types that torch packs otherwise.
  init?(writing dtype: DType) {
    guard let type = Self.types[dtype] else { return nil }
    self = type
  }
}
