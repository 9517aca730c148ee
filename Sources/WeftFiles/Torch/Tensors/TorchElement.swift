import WeftTensors

/// The types of elements as torch spells them.
///
/// Source: https://github.com/pytorch/pytorch/blob/v2.9.0/torch/storage.py (`_dtype_to_storage_type_map`)
enum TorchElement {
  /// What a storage holds.
  enum Content: Equatable {
    /// Elements of a type.
    case elements(DType)
    /// Bytes; the tensors say of which type.
    case untyped
    /// Elements that cannot be read, with the reason.
    case unsupported(String)
  }

  private static let storages: [String: Content] = [
    "FloatStorage": .elements(.f32), "DoubleStorage": .elements(.f64),
    "HalfStorage": .elements(.f16), "BFloat16Storage": .elements(.bf16),
    "LongStorage": .elements(.i64), "IntStorage": .elements(.i32),
    "ShortStorage": .elements(.i16), "CharStorage": .elements(.i8),
    "ByteStorage": .elements(.u8), "BoolStorage": .elements(.bool),
    "ComplexFloatStorage": .elements(.c64), "UntypedStorage": .untyped,
    "ComplexDoubleStorage": .unsupported("complex numbers of 128 bits cannot be read"),
    "QInt8Storage": quantised, "QUInt8Storage": quantised, "QInt32Storage": quantised,
    "QUInt4x2Storage": quantised, "QUInt2x4Storage": quantised,
  ]
  private static let quantised = Content.unsupported("torch's quantised tensors cannot be read")

  private static let dtypes: [String: DType] = [
    "float32": .f32, "float": .f32, "float64": .f64, "double": .f64, "float16": .f16,
    "half": .f16, "bfloat16": .bf16, "int64": .i64, "long": .i64, "int32": .i32, "int": .i32,
    "int16": .i16, "short": .i16, "int8": .i8, "uint8": .u8, "bool": .bool, "uint16": .u16,
    "uint32": .u32, "uint64": .u64, "complex64": .c64, "cfloat": .c64, "float8_e4m3fn": .f8e4m3,
    "float8_e5m2": .f8e5m2, "float8_e4m3fnuz": .f8e4m3fnuz, "float8_e5m2fnuz": .f8e5m2fnuz,
    "float8_e8m0fnu": .f8e8m0,
  ]

  private static let storageModules: Set<String> = ["torch", "torch.cuda", "torch.storage"]

  /// What a storage of a class holds, or nil for what is no class of storages.
  static func storage(_ global: PickleGlobal) -> Content? {
    storageModules.contains(global.module) ? storages[global.name] : nil
  }

  /// The type that a global stands for, or nil.
  static func dtype(_ global: PickleGlobal) -> DType? {
    global.module == "torch" ? dtypes[global.name] : nil
  }
}
