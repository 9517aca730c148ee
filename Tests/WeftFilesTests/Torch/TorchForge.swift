import WeftFiles

/// Pickles and zip archives that are written byte by byte, so that they can be wrong.
enum TorchForge {
  /// A member of an archive, and what is wrong about it.
  struct Member {
    var name: String
    var data: [UInt8]
    var localName: String?
    var flags = 0
    var localFlags: Int?
    var method = 0
    var checksum: UInt32?
    /// The size that both headers claim.
    var byteCount: Int?
    var headerOffset: Int?
    /// Whether only the directory has it.
    var isListedOnly = false

    init(_ name: String, _ data: [UInt8]) {
      self.name = name
      self.data = data
    }
  }

  static func number(_ value: Int, _ count: Int) -> [UInt8] {
    (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
  }

  /// A stored archive.
  static func zip(_ members: [Member], trailing: [UInt8] = []) -> [UInt8] {
    var bytes: [UInt8] = []
    var directory: [UInt8] = []
    for member in members {
      directory += entry(of: member, offset: member.headerOffset ?? bytes.count)
      if !member.isListedOnly { bytes += header(of: member) }
    }
    var end = number(0x0605_4B50, 4) + number(0, 4)
    end += number(members.count, 2) + number(members.count, 2)
    end += number(directory.count, 4) + number(bytes.count, 4) + number(0, 2)
    return bytes + directory + end + trailing
  }

  /// A member with its own header.
  static func header(of member: Member) -> [UInt8] {
    let name = Array((member.localName ?? member.name).utf8)
    var bytes = number(0x0403_4B50, 4) + number(20, 2)
    bytes += number(member.localFlags ?? member.flags, 2)
    bytes += sizes(of: member)
    bytes += number(name.count, 2) + number(0, 2)
    return bytes + name + member.data
  }

  private static func entry(of member: Member, offset: Int) -> [UInt8] {
    let name = Array(member.name.utf8)
    var bytes = number(0x0201_4B50, 4) + number(20, 2) + number(20, 2)
    bytes += number(member.flags, 2)
    bytes += sizes(of: member)
    bytes += number(name.count, 2) + number(0, 12) + number(offset, 4)
    return bytes + name
  }

  /// The method, the time, the CRC-32 and the sizes, which both headers have.
  private static func sizes(of member: Member) -> [UInt8] {
    var bytes = number(member.method, 2) + number(0, 4)
    bytes += number(Int(member.checksum ?? crc32(member.data)), 4)
    bytes += number(member.data.count, 4)
    return bytes + number(member.byteCount ?? member.data.count, 4)
  }

  private static func crc32(_ bytes: [UInt8]) -> UInt32 {
    var sum = ~UInt32(0)
    for byte in bytes {
      sum ^= UInt32(byte)
      for _ in 0..<8 {
        let half = sum >> 1
        sum = sum & 1 == 1 ? half ^ 0xEDB8_8320 : half
      }
    }
    return ~sum
  }

  /// Bytes one after the other.
  static func join(_ parts: [UInt8]...) -> [UInt8] { Array(parts.joined()) }

  /// A torch archive of a pickle and the data `0`.
  static func checkpoint(
    _ pickle: [UInt8], data: [UInt8] = [UInt8](repeating: 1, count: 16)
  ) -> [UInt8] {
    zip(members(pickle, data: data))
  }

  static func members(
    _ pickle: [UInt8], data: [UInt8] = [UInt8](repeating: 1, count: 16)
  ) -> [Member] {
    [
      Member("archive/data.pkl", pickle), Member("archive/data/0", data),
      Member("archive/version", Array("3\n".utf8)),
    ]
  }

  /// A file of the old format with four elements of a storage named `0`.
  static func legacy(storage: String) -> [UInt8] {
    let magic: [UInt8] = [0x6C, 0xFC, 0x9C, 0x46, 0xF9, 0x20, 0x6A, 0xA8, 0x50, 0x19]
    let start = "I1001\n.(dS'little_endian'\nI01\ns."
    let reference = "(S'storage'\nctorch\n\(storage)\nS'0'\nS'cpu'\nI4\ntQ"
    let tensor =
      "ctorch._utils\n_rebuild_tensor_v2\n(\(reference)I0\n(I4\nt(I1\ntI00\n(dtR"
    let text = "\(start)(dS'w'\n\(tensor)s.(lS'0'\na."
    let data = number(4, 8) + [UInt8](repeating: 1, count: 64)
    return join([0x80, 2, 0x8A, 10], magic, [0x2E], Array(text.utf8), data)
  }

  static func text(_ text: String) -> [UInt8] {
    [0x58] + number(text.utf8.count, 4) + Array(text.utf8)
  }

  static func long(_ value: Int) -> [UInt8] { [0x8A, 8] + number(value, 8) }

  static func tuple(_ items: [[UInt8]]) -> [UInt8] { join([0x28], Array(items.joined()), [0x74]) }

  static func global(_ module: String, _ name: String) -> [UInt8] {
    Array("c\(module)\n\(name)\n".utf8)
  }

  /// A tensor of F32 as `_rebuild_tensor_v2` makes it.
  static func tensor(
    sizes: [Int] = [4], strides: [Int] = [1], offset: Int = 0, count: Int = 4, key: String = "0",
    storage: String = "FloatStorage", function: String = "_rebuild_tensor_v2"
  ) -> [UInt8] {
    let parts = [text("storage"), global("torch", storage), text(key), text("cpu"), long(count)]
    let reference: [UInt8] = tuple(parts) + [0x51]
    let shape: [[UInt8]] = [tuple(sizes.map(long)), tuple(strides.map(long))]
    let arguments = tuple([reference, long(offset)] + shape + [[0x89], [0x7D]])
    return join(global("torch._utils", function), arguments, [0x52])
  }

  /// A pickle of a dictionary of tensors.
  static func state(_ tensors: [(String, [UInt8])]) -> [UInt8] {
    join([0x80, 2, 0x7D, 0x28], tensors.flatMap { text($0.0) + $0.1 }, [0x75, 0x2E])
  }
}
