import Testing
import WeftFiles
import WeftTensors

@Suite("GGUFHeader")
struct GGUFHeaderTests {
  typealias Forge = GGUFForge
  typealias Field = GGUFForge.Field

  private func read(_ bytes: [UInt8]) throws -> GGUFHeader {
    try GGUFHeader.read(MemorySource(bytes, path: "model.gguf"))
  }

  @Test("a file of nothing, of version 2 and of version 3", arguments: [2, 3] as [UInt32])
  func empty(version: UInt32) throws {
    let header = try read(Forge.file { $0.version = Field.u32(version) })
    #expect(header.version == version)
    #expect(header.entries.isEmpty && header.metadata.entries.isEmpty)
    // The padding of the header may be absent where no data follows.
    #expect(try read(Array(Forge().header)).entries.isEmpty)
  }

  @Test("shapes are turned around, and offsets counted from the start of the file")
  func shapes() throws {
    let header = try read(
      Forge.file {
        $0.tensors = [
          .init("matrix", [3, 2]), .init("scalar", [], offset: 32),
          .init("five", [1, 2, 1, 1, 2], offset: 64),
        ]
        $0.data = [UInt8](repeating: 0, count: 96)
      })
    #expect(header.entries.map(\.info.shape) == [[2, 3], [], [2, 1, 1, 2, 1]])
    #expect(header.entries.map { $0.offsetInFile - header.dataOffset } == [0, 32, 64])
    #expect(header.dataOffset % 32 == 0 && header.trailingByteCount == 0)
  }

  @Test("alignments other than the usual", arguments: [1, 8, 64, 4096])
  func alignments(alignment: Int) throws {
    let header = try read(
      Forge.file {
        $0.alignment = alignment
        $0.pairs = [Field.alignment(UInt32(alignment))]
        $0.tensors = [
          .init("a", [3], type: 24),
          .init("b", [3], type: 24, offset: UInt64(max(3, alignment))),
        ]
        $0.data = [UInt8](repeating: 0, count: 2 * max(3, alignment))
      })
    #expect(header.dataOffset % alignment == 0)
    #expect(header.entries[1].offsetInFile == header.dataOffset + max(3, alignment))
  }

  @Test("tensors without elements take no room, wherever they are")
  func zeroSized() throws {
    let header = try read(
      Forge.file {
        $0.tensors = [
          .init("a", [0]), .init("b", [4]), .init("c", [0, 3], offset: 32),
          .init("d", [32, 0], type: 2, offset: 32),
        ]
        $0.data = [UInt8](repeating: 0, count: 16)
      })
    #expect(header.entries.map(\.info.byteCount) == [0, 16, 0, 0])
    let empty = Forge.file {
      $0.tensors = [.init("a", [0])]
      $0.data = []
    }
    let scratch = try Scratch()
    let path = try scratch.write(empty, to: "m")
    for tensor in try Checkpoint.open(path).tensors { #expect(try tensor.bytes() == []) }
  }

  @Test("what follows the last tensor is told")
  func trailing() throws {
    let scratch = try Scratch()
    let path = try scratch.write(Forge.tensor { _ in } + [1, 2, 3], to: "model.gguf")
    #expect(
      try Checkpoint.open(path).notes == [
        "3 bytes follow the last tensor and belong to none"
      ])
  }

  @Test("a part of a split model is told to be one")
  func split() throws {
    let scratch = try Scratch()
    let bytes = Forge.file { $0.pairs = [Field.pair("split.count", 2, [3, 0])] }
    let path = try scratch.write(bytes, to: "model-00001-of-00003.gguf")
    #expect(
      try Checkpoint.open(path).notes == [
        "this is one of the 3 files of a split model; the others are not read"
      ])
  }

  @Test("names of 1,024 bytes and keys of 65,535 are read, and an empty name too")
  func longNames() throws {
    let name = String(repeating: "n", count: 1024)
    let key = String(repeating: "k", count: 65_535)
    let header = try read(
      Forge.file {
        $0.pairs = [Field.pair(key, 0, [5])]
        $0.tensors = [.init(name), .init("", offset: 32)]
        $0.data = [UInt8](repeating: 0, count: 64)
      })
    #expect(header.entries.map(\.info.name) == [name, ""])
    #expect(header.metadata[key] == .uint8(5))
  }

  @Test("a text that is longer than what is read at once")
  func longText() throws {
    let text = String(repeating: "länger ", count: 200_000)
    let header = try read(
      Forge.file {
        $0.pairs = [Field.pair("a", 8, Field.text(text)), Field.pair("b", 0, [1])]
        $0.tensors = [.init("w")]
      })
    #expect(header.metadata["a"]?.string == text)
    #expect(header.metadata["b"] == .uint8(1))
  }

  @Test("the fingerprint is the hash of the header alone")
  func fingerprint() throws {
    var forge = GGUFForge()
    forge.pairs = [Field.pair("a", 8, Field.text(String(repeating: "x", count: 600_000)))]
    forge.tensors = [.init("w")]
    #expect(try read(forge.bytes).fingerprint == SHA256.digest(forge.header))
  }

  @Test("every type has one number, which is none of a removed one")
  func types() {
    #expect(GGMLType.all.count == 35)
    #expect(Set(GGMLType.all).count == 35)
    for dtype in GGMLType.all {
      let id = GGMLType.id(of: dtype)
      #expect(id.flatMap(GGMLType.dtype(of:)) == dtype)
      #expect(id.flatMap(GGMLType.removedName(of:)) == nil)
    }
    #expect(DType.allCases.filter { GGMLType.id(of: $0) == nil }.allSatisfy { !$0.isBlocks })
    for id in UInt32(0)...42 {
      #expect((GGMLType.dtype(of: id) == nil) == (GGMLType.removedName(of: id) != nil))
    }
    #expect(GGMLType.dtype(of: 43) == nil)
  }
}
