import Testing
import WeftFiles
import WeftTensors

/// The goldens are what safetensors 0.8.0 of Python writes: `safetensors.torch.save(tensors, metadata)`.
@Suite("SafetensorsLayout")
struct SafetensorsLayoutTests {
  typealias Golden = (
    tensors: [(String, DType, Shape)], metadata: [String: String], header: String
  )

  static let goldens: [Golden] = [
    ([], [:], "{}      "),
    ([], ["framework": "pt"], #"{"__metadata__":{"framework":"pt"}}     "#),
    (
      [("attn.0", .f32, [1, 2, 3])], [:],
      #"{"attn.0":{"dtype":"F32","shape":[1,2,3],"data_offsets":[0,24]}}"#
    ),
    (
      [("attn.0", .f4, [1, 2])], [:],
      #"{"attn.0":{"dtype":"F4","shape":[1,2],"data_offsets":[0,1]}}    "#
    ),
    (
      [("attn0", .f32, [1, 1, 2, 3])], [:],
      #"{"attn0":{"dtype":"F32","shape":[1,1,2,3],"data_offsets":[0,24]}}       "#
    ),
    ([("test", .f32, [])], [:], #"{"test":{"dtype":"F32","shape":[],"data_offsets":[0,4]}}"#),
    (
      [("test", .f32, [2, 0])], [:],
      #"{"test":{"dtype":"F32","shape":[2,0],"data_offsets":[0,0]}}     "#
    ),
    (
      [("test", .i32, [2, 2])], [:],
      #"{"test":{"dtype":"I32","shape":[2,2],"data_offsets":[0,16]}}    "#
    ),
    (
      [("test", .bf16, [2, 2])], [:],
      #"{"test":{"dtype":"BF16","shape":[2,2],"data_offsets":[0,8]}}    "#
    ),
    (
      [("test", .c64, [2, 2])], [:],
      #"{"test":{"dtype":"C64","shape":[2,2],"data_offsets":[0,32]}}    "#
    ),
    (
      [("a\"b\\c/\u{7F}\0\u{1}\u{1F}\u{8}\u{C}\n\r\t \u{E9}\u{1F600}", .u8, [1])],
      ["k\"\n": "v\\\u{E9}"],
      #"{"__metadata__":{"k\"\n":"v\\é"},"#
        + "\"a\\\"b\\\\c/\u{7F}\\u0000\\u0001\\u001f\\b\\f\\n\\r\\t \u{E9}\u{1F600}\":"
        + #"{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}       "#
    ),
  ]

  @Test("the header is the reference writer's byte for byte", arguments: goldens.indices)
  func golden(index: Int) throws {
    let golden = Self.goldens[index]
    let tensors = golden.tensors.compactMap { TensorInfo(name: $0.0, dtype: $0.1, shape: $0.2) }
    let layout = try SafetensorsLayout(tensors: tensors, metadata: golden.metadata, path: "")
    let header = Array(golden.header.utf8)
    #expect(layout.headerBytes == littleEndian(UInt64(header.count)) + header)
    #expect(layout.byteCount == 8 + header.count + tensors.reduce(0) { $0 + $1.byteCount })
  }

  @Test("all types are written in the reference's order, whatever the order of the input")
  func typeOrder() throws {
    let order: [DType] = [
      .u64, .i64, .f64, .c64, .f32, .u32, .i32, .bf16, .f16, .u16, .i16, .f8e5m2fnuz, .f8e4m3fnuz,
      .f8e8m0, .f8e4m3, .f8e5m2, .i8, .u8, .f6e3m2, .f6e2m3, .f4, .bool,
    ]
    let tensors = order.sorted { $0.rawValue < $1.rawValue }.compactMap {
      TensorInfo(name: $0.rawValue, dtype: $0, shape: [4])
    }
    let layout = try SafetensorsLayout(tensors: tensors, metadata: [:], path: "")
    #expect(layout.entries.map(\.info.dtype) == order)
    #expect(Set(order) == Set(DType.safetensorsTypes))
    for entry in layout.entries {
      #expect(entry.offsetInFile % max(entry.info.dtype.byteWidth ?? 1, 1) == 0)
    }
  }

  @Test("names of one type are written in the order of their bytes")
  func nameOrder() throws {
    let order = ["", "Z", "a", "a.10", "a.9", "b", "e\u{301}", "\u{E8}", "\u{FFFF}", "\u{1F600}"]
    let tensors = order.reversed().compactMap { TensorInfo(name: $0, dtype: .u8, shape: [1]) }
    let layout = try SafetensorsLayout(tensors: tensors, metadata: [:], path: "")
    #expect(layout.entries.map(\.info.name) == order)
  }

  @Test("metadata is sorted by the bytes of its keys")
  func metadataOrder() throws {
    let metadata = ["b": "1", "a": "2", "\u{E9}": "3", "B": "4", "a.b": "5"]
    let layout = try SafetensorsLayout(tensors: [], metadata: metadata, path: "")
    let json = #"{"__metadata__":{"B":"4","a":"2","a.b":"5","b":"1","é":"3"}}"#
    #expect(String(decoding: layout.headerBytes.dropFirst(8), as: UTF8.self).hasPrefix(json))
  }

  @Test("a header over the limit of the format is not written")
  func tooLarge() {
    let metadata = ["k": String(repeating: "a", count: 100_000_000)]
    #expect(throws: SafetensorsError.self) {
      try SafetensorsLayout(tensors: [], metadata: metadata, path: "out")
    }
  }

  @Test(
    "tensors that no reader could tell apart are not written",
    arguments: [["a", "b", "a"], ["__metadata__"], ["\u{E9}", "e\u{301}"]])
  func unwritable(names: [String]) {
    let tensors = names.compactMap { TensorInfo(name: $0, dtype: .u8, shape: [1]) }
    #expect(throws: SafetensorsError.self) {
      try SafetensorsLayout(tensors: tensors, metadata: [:], path: "out")
    }
  }

  @Test("sizes that add up beyond the largest integer are refused, not trapped on")
  func overflow() {
    let tensors = (0..<9).compactMap {
      TensorInfo(name: "\($0)", dtype: .u8, shape: [Int.max / 8])
    }
    #expect(throws: SafetensorsError.self) {
      try SafetensorsLayout(tensors: tensors, metadata: [:], path: "out")
    }
  }
}
