package import WeftTensors

/// The numbers by which GGUF files name the types of elements.
///
/// Source: https://github.com/ggml-org/ggml/blob/d99724f2/include/ggml.h (`ggml_type`)
package enum GGMLType {
  /// The one table: each type that can be read, with its number.
  private static let table: [(id: UInt32, dtype: DType)] = [
    (0, .f32), (1, .f16), (2, .q40), (3, .q41), (6, .q50), (7, .q51), (8, .q80), (9, .q81),
    (10, .q2k), (11, .q3k), (12, .q4k), (13, .q5k), (14, .q6k), (15, .q8k), (16, .iq2xxs),
    (17, .iq2xs), (18, .iq3xxs), (19, .iq1s), (20, .iq4nl), (21, .iq3s), (22, .iq2s),
    (23, .iq4xs), (24, .i8), (25, .i16), (26, .i32), (27, .i64), (28, .f64), (29, .iq1m),
    (30, .bf16), (34, .tq10), (35, .tq20), (39, .mxfp4), (40, .nvfp4), (41, .q10), (42, .q20),
  ]

  /// The types that ggml had once, by their numbers, which it never gives away again.
  private static let removed: [UInt32: String] = [
    4: "Q4_2", 5: "Q4_3", 31: "Q4_0_4_4", 32: "Q4_0_4_8", 33: "Q4_0_8_8", 36: "IQ4_NL_4_4",
    37: "IQ4_NL_4_8", 38: "IQ4_NL_8_8",
  ]

  private static let dtypes = Dictionary(uniqueKeysWithValues: table.map { ($0.id, $0.dtype) })
  private static let ids = Dictionary(uniqueKeysWithValues: table.map { ($0.dtype, $0.id) })

  /// The type of a number; nil for one that is unknown or removed.
  package static func dtype(of id: UInt32) -> DType? { dtypes[id] }

  /// The number of a type; nil for one that GGUF does not have.
  package static func id(of dtype: DType) -> UInt32? { ids[dtype] }

  /// The name of a type that was removed from ggml; nil for other numbers.
  package static func removedName(of id: UInt32) -> String? { removed[id] }

  /// The types that GGUF files have, in the order of their numbers.
  package static let all = table.map(\.dtype)
}
