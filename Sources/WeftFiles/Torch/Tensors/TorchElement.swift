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

  /// How torch spells a type: the class of its storages, where there is one, and the names of the type itself, the one
  /// that is written first.
  struct Spelling {
    let dtype: DType
    let storage: String?
    let names: [String]
  }

  private static let spellings = [
    Spelling(dtype: .f64, storage: "DoubleStorage", names: ["float64", "double"]),
    Spelling(dtype: .f32, storage: "FloatStorage", names: ["float32", "float"]),
    Spelling(dtype: .f16, storage: "HalfStorage", names: ["float16", "half"]),
    Spelling(dtype: .bf16, storage: "BFloat16Storage", names: ["bfloat16"]),
    Spelling(dtype: .i64, storage: "LongStorage", names: ["int64", "long"]),
    Spelling(dtype: .i32, storage: "IntStorage", names: ["int32", "int"]),
    Spelling(dtype: .i16, storage: "ShortStorage", names: ["int16", "short"]),
    Spelling(dtype: .i8, storage: "CharStorage", names: ["int8"]),
    Spelling(dtype: .u8, storage: "ByteStorage", names: ["uint8"]),
    Spelling(dtype: .bool, storage: "BoolStorage", names: ["bool"]),
    Spelling(dtype: .c64, storage: "ComplexFloatStorage", names: ["complex64", "cfloat"]),
    Spelling(dtype: .u16, storage: nil, names: ["uint16"]),
    Spelling(dtype: .u32, storage: nil, names: ["uint32"]),
    Spelling(dtype: .u64, storage: nil, names: ["uint64"]),
    Spelling(dtype: .f8e4m3, storage: nil, names: ["float8_e4m3fn"]),
    Spelling(dtype: .f8e5m2, storage: nil, names: ["float8_e5m2"]),
    Spelling(dtype: .f8e4m3fnuz, storage: nil, names: ["float8_e4m3fnuz"]),
    Spelling(dtype: .f8e5m2fnuz, storage: nil, names: ["float8_e5m2fnuz"]),
    Spelling(dtype: .f8e8m0, storage: nil, names: ["float8_e8m0fnu"]),
  ]

  /// The storage of bytes, which the types without a class of their own are kept in.
  static let untypedStorage = "UntypedStorage"

  private static let otherStorages: [String: Content] = [
    untypedStorage: .untyped,
    "ComplexDoubleStorage": .unsupported("complex numbers of 128 bits cannot be read"),
    "QInt8Storage": quantised, "QUInt8Storage": quantised, "QInt32Storage": quantised,
    "QUInt4x2Storage": quantised, "QUInt2x4Storage": quantised,
  ]
  private static let quantised = Content.unsupported("torch's quantised tensors cannot be read")

  private static let storages = spellings.reduce(into: otherStorages) { storages, spelling in
    if let storage = spelling.storage { storages[storage] = .elements(spelling.dtype) }
  }
  private static let dtypes = Dictionary(
    uniqueKeysWithValues: spellings.flatMap { spelling in
      spelling.names.map { ($0, spelling.dtype) }
    })

  /// How torch spells a type; nil for the types that it packs otherwise.
  static func spelling(of dtype: DType) -> Spelling? {
    spellings.first { $0.dtype == dtype }
  }

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
