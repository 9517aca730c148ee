import Foundation
import Testing
import WeftFiles
import WeftTensors

/// The files that `scripts/goldens/gen_gguf.py` made, and what gguf-py read from them.
enum GGUFFixtures {
  struct File: Decodable {
    let fields: [String: Field]
    let tensors: [Tensor]
  }

  struct Field: Decodable {
    let types: [String]
    let value: JSONAny
  }

  struct Tensor: Decodable {
    let name: String
    let dtype: String
    let shape: [Int]
    let offset: Int
    let sha256: String
  }

  /// A value as Python wrote it to JSON.
  enum JSONAny: Decodable {
    case text(String), bool(Bool), number(Double), list([JSONAny])

    init(from decoder: any Decoder) throws {
      let container = try decoder.singleValueContainer()
      if let value = try? container.decode(Bool.self) {
        self = .bool(value)
      } else if let value = try? container.decode(Double.self) {
        self = .number(value)
      } else if let value = try? container.decode(String.self) {
        self = .text(value)
      } else {
        self = .list(try container.decode([JSONAny].self))
      }
    }
  }

  static let folder = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .appendingPathComponent("Fixtures/gguf")

  static let names = ["comfy.gguf", "imatrix.gguf", "sdcpp.gguf", "types.gguf"]

  static func path(_ name: String) -> String { folder.appendingPathComponent(name).path }

  static func bytes(_ name: String) throws -> [UInt8] {
    Array(try Data(contentsOf: folder.appendingPathComponent(name)))
  }

  static func expected() throws -> [String: File] {
    let data = try Data(contentsOf: folder.appendingPathComponent("expected.json"))
    return try JSONDecoder().decode([String: File].self, from: data)
  }
}

@Suite("GGUF files of other programs")
struct GGUFGoldenTests {
  private func header(_ name: String) throws -> GGUFHeader {
    try GGUFHeader.read(MemorySource(GGUFFixtures.bytes(name), path: name))
  }

  @Test("tensors are what gguf-py reads", arguments: GGUFFixtures.names)
  func tensors(name: String) throws {
    let expected = try #require(try GGUFFixtures.expected()[name]).tensors
    let header = try header(name)
    let bytes = try GGUFFixtures.bytes(name)
    #expect(header.entries.map(\.info.name) == expected.map(\.name))
    #expect(header.entries.map(\.info.dtype.rawValue) == expected.map(\.dtype))
    #expect(header.entries.map(\.info.shape.dimensions) == expected.map(\.shape))
    #expect(header.entries.map(\.offsetInFile) == expected.map(\.offset))
    for (entry, tensor) in zip(header.entries, expected) {
      let end = entry.offsetInFile + entry.info.byteCount
      #expect(SHA256.digest(Array(bytes[entry.offsetInFile..<end])) == tensor.sha256)
    }
  }

  @Test("keys and values are what gguf-py reads", arguments: GGUFFixtures.names)
  func fields(name: String) throws {
    let expected = try #require(try GGUFFixtures.expected()[name]).fields
    let metadata = try header(name).metadata
    #expect(Set(metadata.entries.map(\.key)) == Set(expected.keys))
    for (key, field) in expected {
      let value = try #require(metadata[key])
      let types = [value.type] + (value.elementType.map { [$0] } ?? [])
      #expect(types.map { "\($0)".uppercased() } == field.types)
      #expect(Self.agree(value, field.value), "\(key): \(value) \(field.value)")
    }
  }

  /// Whether a value is what Python has; wide integers are compared as JSON's numbers are, in double precision.
  private static func agree(_ value: GGUFValue, _ expected: GGUFFixtures.JSONAny) -> Bool {
    switch expected {
    case .text(let text): value.string == text
    case .bool(let answer): value.bool == answer
    case .number(let number):
      value.integer.map(Double.init) ?? value.double ?? value.text.flatMap(Double.init) == number
    case .list(let list):
      value.elements.map { $0.count == list.count && zip($0, list).allSatisfy(agree) } ?? false
    }
  }

  @Test("the metadata as text")
  func texts() throws {
    let checkpoint = try Checkpoint.open(GGUFFixtures.path("types.gguf"))
    #expect(checkpoint.format == .gguf)
    let metadata = checkpoint.metadata
    #expect(metadata["general.architecture"] == "weft-test")
    #expect(metadata["value.uint64"] == "18446744073709551615")
    #expect(metadata["value.int64"] == "-9223372036854775808")
    #expect(metadata["value.int8"] == "-128")
    #expect(metadata["value.float32"] == "0.1")
    #expect(metadata["value.float64"] == "1e-300")
    #expect(metadata["value.true"] == "true" && metadata["value.false"] == "false")
    #expect(metadata["value.string"] == "Grüße \"\\\n\u{1F600}")
    #expect(metadata["array.int32"] == "[-1,2]")
    #expect(metadata["array.uint64"] == "[18446744073709551615]")
    #expect(metadata["array.float32"] == "[0.5,-2.0]")
    #expect(metadata["array.bool"] == "[true,false,true]")
    #expect(metadata["array.string"] == "[\"a\",\"\",\"längere Zeile\"]")
    #expect(metadata["array.long"] == nil)
    #expect(checkpoint.ggufMetadata?["array.long"]?.elements?.last?.integer == 999)
    #expect(checkpoint.notes == ["the array array.long of 1000 elements is not shown"])
  }

  @Test("a tensor that ComfyUI-GGUF reshaped has its own shape again")
  func originalShape() throws {
    let checkpoint = try Checkpoint.open(GGUFFixtures.path("comfy.gguf"))
    #expect(checkpoint.tensors[0].info.shape == [32, 4, 3, 4])
    #expect(checkpoint.tensors[0].info.dtype == .q40)
    #expect(checkpoint.tensors[0].info.byteCount == 6 * 8 * 18)
    let keys = ["general.architecture", "general.file_type", "general.quantization_version"]
    #expect(checkpoint.metadata.keys.sorted() == keys)
    #expect(checkpoint.notes.isEmpty)
    let model = try #require(checkpoint.ggufMetadata?.ofModel)
    #expect(model.entries.map(\.key) == ["general.architecture"])
  }

  @Test("our writer gives the bytes of gguf-py for the same content")
  func sameBytes() throws {
    for name in ["comfy.gguf", "imatrix.gguf", "types.gguf"] {
      let (header, bytes) = try (header(name), GGUFFixtures.bytes(name))
      let layout = try GGUFLayout(
        tensors: header.entries.map(\.info), storedShapes: header.entries.map { _ in nil },
        metadata: header.metadata, maximumRank: 5, path: name)
      #expect(layout.headerBytes == Array(bytes.prefix(layout.headerBytes.count)))
      #expect(layout.entries == header.entries)
      #expect(layout.byteCount == bytes.count)
    }
  }

  @Test("stable-diffusion.cpp's file differs from ours only in the padding that it leaves out")
  func unpadded() throws {
    let (header, bytes) = try (header("sdcpp.gguf"), GGUFFixtures.bytes("sdcpp.gguf"))
    let layout = try GGUFLayout(
      tensors: header.entries.map(\.info), storedShapes: [nil, nil], metadata: header.metadata,
      path: "")
    #expect(layout.headerBytes == Array(bytes.prefix(layout.headerBytes.count)))
    #expect(layout.byteCount == bytes.count + 20)
    #expect(header.trailingByteCount == 0)
  }
}
