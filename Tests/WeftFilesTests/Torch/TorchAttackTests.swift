import Testing
import WeftFiles
import WeftTensors

@Suite("Torch files that are made to deceive")
struct TorchAttackTests {
  typealias Forge = TorchForge

  static let good = Forge.state([("w", Forge.tensor())])

  /// The error of opening and reading a file, which must come within a second.
  static func error(of bytes: [UInt8]) throws -> (any ActionableError)? {
    let scratch = try Scratch()
    let path = try scratch.write(bytes, to: "model.pt")
    let start = ContinuousClock.now
    let error = actionableError {
      let checkpoint = try Checkpoint.open(path)
      for tensor in checkpoint.tensors { _ = try tensor.bytes() }
      try checkpoint.checkIntegrity()
    }
    // Ten times the promised second, for a machine that builds at the same time.
    #expect(ContinuousClock.now - start < .seconds(10))
    return error
  }

  @Test("what the forge makes without a fault is read")
  func sound() throws {
    #expect(try Self.error(of: Forge.checkpoint(Self.good)) == nil)
    #expect(try Self.error(of: Forge.zip(Forge.members(Self.good), trailing: [1, 2, 3])) == nil)
  }

  static let zips: [(String, [UInt8], ZipError.Problem)] = {
    func edited(_ edit: (inout [Forge.Member]) -> Void) -> [UInt8] {
      var members = Forge.members(good)
      edit(&members)
      return Forge.zip(members)
    }
    let pickle = "archive/data.pkl"
    return [
      ("encrypted", edited { $0[0].flags = 1 }, .encrypted(member: pickle)),
      ("patched", edited { $0[0].flags = 0x20 }, .patchData(member: pickle)),
      ("with a masked directory", edited { $0[0].flags = 0x2000 }, .encrypted(member: pickle)),
      ("strongly encrypted", edited { $0[0].flags = 0x40 }, .encrypted(member: pickle)),
      (
        "a wrong CRC of the pickle", edited { $0[0].checksum = 1 }, .wrongChecksum(member: pickle)
      ),
      (
        "a wrong CRC of data", edited { $0[1].checksum = 1 },
        .wrongChecksum(member: "archive/data/0")
      ),
      (
        "another name in the header", edited { $0[0].localName = "archive/datap.kl" },
        .headersDiffer(member: pickle, field: "name")
      ),
      (
        "other flags in the header", edited { $0[0].localFlags = 0x800 },
        .headersDiffer(member: pickle, field: "set of flags")
      ),
      (
        "two members of a name", edited { $0.append($0[0]) }, .duplicateName(member: pickle)
      ),
      (
        "a member within another",
        edited {
          var inner = Forge.Member("archive/inner", [1, 2, 3])
          $0.insert(Forge.Member("archive/outer", Forge.header(of: inner)), at: 0)
          // The outer member's own header and name come first.
          inner.headerOffset = 30 + "archive/outer".utf8.count
          inner.isListedOnly = true
          $0.append(inner)
        }, .overlapping(member: "archive/inner")
      ),
      (
        "a member beyond the file", edited { $0[1].headerOffset = 1 << 30 },
        .outOfBounds(member: "archive/data/0")
      ),
      (
        "a size that lies", edited { $0[1].byteCount = 1 << 30 },
        .headersDiffer(member: "archive/data/0", field: "size")
      ),
      (
        "an unknown method", edited { $0[1].method = 99 },
        .unsupportedMethod(member: "archive/data/0", method: 99)
      ),
      (
        "data that is not deflated", edited { $0[0].method = 8 }, .damagedData(member: pickle)
      ),
      ("no directory", Array(Forge.checkpoint(good).dropLast(30)), .noDirectory),
    ]
  }()

  @Test("an archive that two readers could understand in two ways is refused", arguments: zips)
  func archives(title: String, bytes: [UInt8], problem: ZipError.Problem) throws {
    #expect(try (Self.error(of: bytes) as? ZipError)?.problem == problem, "\(title)")
  }

  @Test("a megabyte that unpacks to a hundred is refused before it is unpacked")
  func bomb() throws {
    var members = Forge.members(Self.good)
    members[1].data = [UInt8](repeating: 0, count: 1 << 20)
    members[1].method = 8
    members[1].byteCount = 100 << 20
    let bytes = Forge.zip(members)
    let problem = try (Self.error(of: bytes) as? ZipError)?.problem
    #expect(problem == .expands(byteCount: 100 << 20, archiveByteCount: bytes.count))
  }

  static let tensors: [(String, [UInt8], TorchError.Problem)] = [
    (
      "beyond the data", Forge.tensor(sizes: [5]), .outsideStorage(key: "0")
    ),
    (
      "an offset beyond the data", Forge.tensor(sizes: [1], offset: 4), .outsideStorage(key: "0")
    ),
    (
      "an offset that overflows", Forge.tensor(sizes: [1], offset: .max),
      .outsideStorage(key: "0")
    ),
    (
      "a stride that overflows", Forge.tensor(sizes: [4, 4], strides: [.max, 1]),
      .malformedTensor("its size overflows")
    ),
    (
      "sizes that overflow", Forge.tensor(sizes: [.max, .max], strides: [0, 0]),
      .malformedTensor("its size overflows")
    ),
    (
      "a negative stride", Forge.tensor(strides: [-1], offset: 3),
      .malformedTensor("negative strides")
    ),
    ("a negative size", Forge.tensor(sizes: [-4]), .malformedTensor("negative sizes")),
    (
      "a negative offset", Forge.tensor(offset: -1), .malformedTensor("its offset is no count")
    ),
    (
      "data larger than its member", Forge.tensor(count: 1 << 40),
      .shortStorage(key: "0", byteCount: 16, expected: 1 << 42)
    ),
    (
      "data whose size overflows", Forge.tensor(count: .max),
      .shortStorage(key: "0", byteCount: 16, expected: .max)
    ),
    ("data that is not there", Forge.tensor(key: "1"), .missingStorage(key: "1")),
    (
      "a path as data", Forge.tensor(key: "../version"), .missingStorage(key: "../version")
    ),
    (
      "one element as a terabyte", Forge.tensor(sizes: [1 << 38], strides: [0]),
      .tooMuchData(byteCount: 1 << 40, storageByteCount: 16)
    ),
    (
      "strides of another rank", Forge.tensor(strides: [1, 1]),
      .malformedTensor("it has 1 dimensions, but 2 strides")
    ),
    (
      "a quantised storage", Forge.tensor(storage: "QInt8Storage"),
      .unsupported("torch's quantised tensors cannot be read")
    ),
    (
      "a quantised tensor", Forge.tensor(function: "_rebuild_qtensor"),
      .unsupported("quantised tensors of torch cannot be read")
    ),
    (
      "a sparse tensor", Forge.tensor(function: "_rebuild_sparse_tensor"),
      .unsupported("sparse tensors cannot be read")
    ),
    (
      "a tensor without data", Forge.tensor(function: "_rebuild_meta_tensor_no_storage"),
      .unsupported("the tensor is on the meta device and has no data")
    ),
  ]

  @Test("a tensor that lies about its data is refused and named", arguments: tensors)
  func lyingTensor(title: String, tensor: [UInt8], problem: TorchError.Problem) throws {
    let bytes = Forge.checkpoint(Forge.state([("bad \(title)", tensor)]))
    let error = try Self.error(of: bytes) as? TorchError
    #expect(error?.problem == problem)
    #expect(error?.tensor == "bad \(title)")
  }

  @Test("an expanded tensor of a hundred megabytes is read")
  func expanded() throws {
    let view = Forge.tensor(sizes: [5000, 5000], strides: [0, 0], count: 4)
    let scratch = try Scratch()
    let path = try scratch.write(Forge.checkpoint(Forge.state([("w", view)])), to: "model.pt")
    let checkpoint = try Checkpoint.open(path)
    #expect(checkpoint.tensors.map(\.info.byteCount) == [100_000_000])
  }

  @Test("a type that cannot be read has one message in both formats")
  func complex() throws {
    #expect(try Self.error(of: Forge.legacy(storage: "FloatStorage")) == nil)
    let storage = "ComplexDoubleStorage"
    let files = [
      Forge.legacy(storage: storage),
      Forge.checkpoint(Forge.state([("w", Forge.tensor(storage: storage))])),
    ]
    for bytes in files {
      let error = try #require(try Self.error(of: bytes))
      #expect(error.what == "complex numbers of 128 bits cannot be read")
    }
  }

  @Test("many views of little data are refused together")
  func fanOut() throws {
    let view = Forge.tensor(sizes: [1 << 20], strides: [0])
    let bytes = Forge.checkpoint(Forge.state((0..<1000).map { ("\($0)", view) }))
    guard case .tooMuchData = (try Self.error(of: bytes) as? TorchError)?.problem else {
      Issue.record("the file was not refused")
      return
    }
  }
}
