import WeftFiles
import WeftTensors

/// The files whose descriptions of tensors are wrong.
extension GGUFAttackTests {
  static let tensors = [
    Case(
      "a name of -1 bytes", Forge.tensor { $0.nameLength = .max },
      .tooLong(part: "the name of a tensor", byteCount: .max, limit: 1024)),
    Case(
      "a name of 1,025 bytes",
      Forge.tensor { $0.name = [UInt8](repeating: 0x61, count: 1025) },
      .tooLong(part: "the name of a tensor", byteCount: 1025, limit: 1024)),
    Case(
      "a name with a NUL", Forge.tensor { $0.name = [0x61, 0, 0x62] },
      .invalidText(part: "the name of a tensor")),
    Case(
      "a name that is no UTF-8", Forge.tensor { $0.name = [0xC3] },
      .invalidText(part: "the name of a tensor")),
    Case(
      "a name that occurs twice",
      Forge.file { $0.tensors = [.init("a"), .init("a", offset: 32)] }, .duplicateTensor("a")),
    Case(
      "six dimensions", Forge.tensor { $0.dimensions = [1, 1, 1, 1, 1, 1] },
      .tooManyDimensions(tensor: "w", count: 6)),
    Case(
      "-1 dimensions", Forge.tensor { $0.rank = .max },
      .tooManyDimensions(tensor: "w", count: .max)),
    Case(
      "a dimension of -1", Forge.tensor { $0.dimensions = [4, .max] },
      .invalidDimension(tensor: "w", dimension: .max)),
    Case(
      "four dimensions of 2^33", Forge.tensor { $0.dimensions = [1 << 33, 1 << 33, 1, 1] },
      .tooManyElementsOf(tensor: "w", shape: [1, 1, 1 << 33, 1 << 33])),
    Case(
      "a product that wraps to a negative number (llama.cpp 27203)",
      Forge.tensor {
        $0.dimensions = [big - 1, 2]
        $0.type = 24
      },
      .tooManyElementsOf(tensor: "w", shape: [2, .max])),
    Case(
      "a product that wraps to zero", Forge.tensor { $0.dimensions = [1 << 32, 1 << 32] },
      .tooManyElementsOf(tensor: "w", shape: [1 << 32, 1 << 32])),
    Case(
      "a product that overflows beside a zero",
      Forge.tensor { $0.dimensions = [1 << 62, 4, 0] },
      .tooManyElementsOf(tensor: "w", shape: [0, 4, 1 << 62])),
    Case(
      "a size that overflows", Forge.tensor { $0.dimensions = [1 << 61] },
      .invalidSize(tensor: "w", dtype: .f32, shape: [1 << 61])),
    Case("a type of 43", Forge.tensor { $0.type = 43 }, .unknownType(tensor: "w", id: 43)),
    Case("a type of -1", Forge.tensor { $0.type = .max }, .unknownType(tensor: "w", id: .max)),
    Case(
      "a removed type", Forge.tensor { $0.type = 31 },
      .removedType(tensor: "w", id: 31, name: "Q4_0_4_4")),
    Case(
      "rows that are no whole blocks",
      Forge.tensor {
        $0.dimensions = [48, 2]
        $0.type = 2
      }, .brokenRow(tensor: "w", dtype: .q40, columnCount: 48)),
    Case(
      "a scalar in blocks",
      Forge.tensor {
        $0.dimensions = []
        $0.type = 12
      }, .brokenRow(tensor: "w", dtype: .q4k, columnCount: 1)),
    Case(
      "an end within a description", Array(Forge.tensor { _ in }.prefix(50)),
      .headerCutShort(part: "the description of \"w\"")),
  ]

  static let places = [
    Case(
      "an offset of -1", Forge.tensor { $0.offset = .max },
      .misplaced(tensor: "w", offset: .max, expected: 0)),
    Case(
      "a first tensor that is not at the start", Forge.tensor { $0.offset = 32 },
      .misplaced(tensor: "w", offset: 32, expected: 0)),
    Case(
      "an offset that is not aligned",
      Forge.file { $0.tensors = [.init("a"), .init("b", offset: 16)] },
      .misplaced(tensor: "b", offset: 16, expected: 32)),
    Case(
      "tensors that overlap", Forge.file { $0.tensors = [.init("a"), .init("b", offset: 0)] },
      .misplaced(tensor: "b", offset: 0, expected: 32)),
    Case(
      "a hole", Forge.file { $0.tensors = [.init("a"), .init("b", offset: 64)] },
      .misplaced(tensor: "b", offset: 64, expected: 32)),
    Case(
      "offsets of another alignment than the metadata's",
      Forge.file {
        $0.pairs = [Field.alignment(64)]
        $0.tensors = [.init("a"), .init("b", offset: 32)]
      }, .misplaced(tensor: "b", offset: 32, expected: 64)),
    Case(
      "a sum of sizes that overflows",
      Forge.file {
        $0.tensors = [
          .init("a", [big - 64], type: 24), .init("b", [big - 64], type: 24, offset: big - 64),
        ]
      }, .tooMuchData),
    Case(
      "a padding that overflows",
      Forge.tensor {
        $0.dimensions = [big - 1]; $0.type = 24
      },
      .tooMuchData),
    Case(
      "an end that overflows only behind the header",
      Forge.tensor {
        $0.dimensions = [big - 32]; $0.type = 24
      }, .tooMuchData),
    Case(
      "a byte of data too few",
      Forge.file {
        $0.tensors = [.init("a")]
        $0.data = [UInt8](repeating: 0, count: 15)
      }, .truncated(missingByteCount: 1)),
    Case(
      "no data at all",
      Forge.file {
        $0.tensors = [.init("a", [1 << 40])]
        $0.data = []
      }, .truncated(missingByteCount: 4 << 40)),
    Case(
      "an end before the padding of the header",
      Forge.file { $0.tensors = [.init("a")] }.dropLast(35), .truncated(missingByteCount: 19)),
  ]

  static let shapes = [
    Case(
      "an original shape of another size", original([2, 3]),
      .wrongOriginalShape(tensor: "w", shape: [2, 3], stored: [4])),
    Case(
      "an original shape with a negative dimension", original([-2, -2]),
      .invalidOriginalShape(tensor: "w", found: "[-2,-2]")),
    Case(
      "an original shape whose size overflows",
      original([.max, .max, .max, .max]),
      .wrongOriginalShape(
        tensor: "w", shape: Shape([Int](repeating: Int(Int32.max), count: 4)), stored: [4])),
    Case(
      "an original shape of 65 dimensions", original([Int32](repeating: 1, count: 65)),
      .invalidOriginalShape(tensor: "w", found: "65 elements")),
    Case(
      "an original shape of another type",
      Forge.file {
        $0.pairs = [Field.array("comfy.gguf.orig_shape.w", of: 4, count: 1, Field.u32(4))]
        $0.tensors = [.init("w")]
      }, .invalidOriginalShape(tensor: "w", found: "[4]")),
    Case(
      "an original shape that is a text",
      Forge.file {
        $0.pairs = [Field.pair("comfy.gguf.orig_shape.w", 8, Field.text("[4]"))]
        $0.tensors = [.init("w")]
      }, .invalidOriginalShape(tensor: "w", found: "[4]")),
  ]

  static func original(_ dimensions: [Int32]) -> [UInt8] {
    Forge.file {
      let bytes = dimensions.flatMap { Field.u32(UInt32(bitPattern: $0)) }
      let count = UInt64(dimensions.count)
      $0.pairs = [Field.array("comfy.gguf.orig_shape.w", of: 5, count: count, bytes)]
      $0.tensors = [.init("w")]
    }
  }
}
