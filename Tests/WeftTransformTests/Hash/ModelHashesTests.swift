import Foundation
import Synchronization
import Testing
import WeftFiles
import WeftTensors
import WeftTransform

@Suite("Hashes of models")
struct ModelHashesTests {
  let workshop: Workshop

  init() throws { workshop = try Workshop() }

  private func write(_ bytes: [UInt8], _ name: String = "model") throws -> String {
    let path = workshop.path(name)
    try Data(bytes).write(to: URL(fileURLWithPath: path))
    return path
  }

  private func hashes(_ path: String, threads: Int = 2) throws -> ModelHashes {
    let subject = try HashSubject.open(path)
    let count = Mutex(0)
    let hashes = try subject.hashes(threads: threads) { read in count.withLock { $0 += read } }
    #expect(count.withLock { $0 } == subject.byteCount)
    return hashes
  }

  // The values of scripts/goldens/hashes.py.
  @Test("a model has the hashes that Python's hashlib gives", arguments: [1, 2, 5])
  func goldens(threads: Int) throws {
    let found = try hashes(write(HashedModel.safetensors()), threads: threads)
    #expect(found.sha256 == "3ec75e554c7ae2a6c8cbe9467a6f6ba52bc6a397792473e1ee84651b00628f6f")
    #expect(found.autoV1 == "df946963")
    #expect(found.autoV2 == "3ec75e554c")
    #expect(found.autoV3 == "62b9be2f4ce0")
    #expect(found.dataSHA256 == "62b9be2f4ce09b0ee8195960551c44892b0112dacd3c2dffd2f2f30f0539f307")
    #expect(found.content == "b932aa31cea74a88c77400252bbd54bc4cf1b8932dc567bf16186de60080c938")
  }

  @Test("order, metadata and container leave the content hash as it is")
  func stability() throws {
    let tensors = HashedModel.tensors
    let plain = try hashes(write(HashedModel.safetensors()))
    let permuted = try HashedModel.safetensors(
      tensors.reversed(), metadata: "{\"key\":\"value\"}")
    let other = try hashes(write(permuted))
    #expect(other.content == plain.content)
    #expect(other.dataSHA256 != plain.dataSHA256)
    #expect(other.sha256 != plain.sha256)
    let packed = try hashes(write(zstd(permuted)))
    #expect(packed.content == plain.content)
    #expect(packed.dataSHA256 == nil && packed.autoV3 == nil)
    #expect(packed.sha256 == SHA256.digest(try zstd(permuted)))
    #expect(try hashes(shards(tensors)).content == plain.content)
  }

  @Test("a name, a type, a shape or a value changes the content hash")
  func sensitivity() throws {
    func content(_ change: (inout [(name: String, shape: Shape, dtype: DType)]) -> Void) throws
      -> String?
    {
      var tensors = Array(HashedModel.tensors.dropFirst())
      change(&tensors)
      return try hashes(write(HashedModel.safetensors(tensors))).content
    }
    let contents = [
      try content { _ in }, try content { $0[0].shape = [32, 64] },
      try content { $0[0].dtype = .bf16 }, try content { $0[0].name = "blocks.3.weight" },
      try content { $0[2].shape = [4, 0] }, try content { $0.removeLast() },
    ]
    #expect(Set(contents).count == contents.count)
    #expect(!contents.contains(nil))
  }

  @Test(
    "a file that is no model has the hashes of its bytes", arguments: [0, 7, 70_000, 1_050_000])
  func otherFiles(byteCount: Int) throws {
    let bytes = [UInt8](repeating: 0x80, count: byteCount)
    let found = try hashes(write(bytes))
    #expect(found.sha256 == SHA256.digest(bytes))
    let range = ModelHashes.autoV1Range.clamped(to: 0..<byteCount)
    #expect(found.autoV1 == String(SHA256.digest(Array(bytes[range])).prefix(8)))
    #expect(found.content == nil && found.dataSHA256 == nil)
  }

  @Test("a damaged model has the hashes of its bytes and the damage")
  func damaged() throws {
    let bytes = Array(try HashedModel.safetensors().dropLast())
    let path = try write(bytes)
    #expect(try HashSubject.open(path).damage is SafetensorsError)
    #expect(try hashes(path).sha256 == SHA256.digest(bytes))
    #expect(try hashes(path).content == nil)
  }

  /// The bytes in the seekable format of zstd.
  private func zstd(_ bytes: [UInt8]) throws -> [UInt8] {
    let compressor = ZstdCompressor(level: 1)
    var packed: [UInt8] = []
    var frames: [(compressedByteCount: Int, byteCount: Int, checksum: UInt32?)] = []
    for start in stride(from: 0, to: bytes.count, by: 1_000_000) {
      let part = Array(bytes[start..<min(bytes.count, start + 1_000_000)])
      let buffer = ByteBuffer(byteCount: part.count)
      buffer.all.copy(from: part)
      let frame = try compressor.compress(buffer.all)
      frames.append((frame.count, part.count, ZstdCompressor.checksum(of: frame)))
      packed += frame
    }
    return packed + SeekTable.bytes(frames)
  }

  /// The tensors in two shards with an index, whose path it gives.
  private func shards(
    _ tensors: [(name: String, shape: Shape, dtype: DType)]
  ) throws -> String {
    var map: [JSONValue.Member] = []
    for (index, part) in [tensors.prefix(3), tensors.dropFirst(3)].enumerated() {
      let name = "model-\(index).safetensors"
      _ = try write(HashedModel.safetensors(Array(part)), name)
      map += part.map { JSONValue.Member($0.name, .string(name)) }
    }
    let index = JSONValue.object([JSONValue.Member("weight_map", .object(map))])
    return try write(Array(index.compactText.utf8), "model.safetensors.index.json")
  }
}
