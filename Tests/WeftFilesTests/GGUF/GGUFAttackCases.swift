import WeftFiles
import WeftTensors

/// The files, each with the fault that it must be refused for.
extension GGUFAttackTests {
  static let big: UInt64 = 1 << 63

  static let headers = [
    Case(
      "version 0", Forge.file { $0.version = Field.u32(0) }, .unknownVersion(0)),
    Case("version 1", Forge.file { $0.version = Field.u32(1) }, .versionOne),
    Case("a version of the future", Forge.file { $0.version = Field.u32(4) }, .unknownVersion(4)),
    Case("big-endian", Forge.file { $0.version = [0, 0, 0, 3] }, .bigEndian),
    Case("big-endian and of version 1", Forge.file { $0.version = [0, 0, 0, 1] }, .bigEndian),
    Case(
      "nothing behind the magic", Array("GGUF".utf8), .headerCutShort(part: "the version")),
    Case(
      "an end within the counts", Array(Forge().bytes.prefix(20)),
      .headerCutShort(part: "the number of keys")),
    Case(
      "-1 tensors", Forge.file { $0.tensorCount = .max }, .tooManyTensors(.max)),
    Case(
      "more tensors than are read", Forge.file { $0.tensorCount = 100_001 },
      .tooManyTensors(100_001)),
    Case("-1 keys", Forge.file { $0.keyCount = .max }, .tooManyKeys(.max)),
    Case("more keys than are read", Forge.file { $0.keyCount = 65_537 }, .tooManyKeys(65_537)),
    Case(
      "tensors that are not there", Array(Forge.file { $0.tensorCount = 100_000 }.prefix(24)),
      .headerCutShort(part: "the name of a tensor")),
    Case(
      "keys that are not there", Array(Forge.file { $0.keyCount = 65_536 }.prefix(24)),
      .headerCutShort(part: "a key")),
  ]

  static let keys = [
    Case(
      "a key of -1 bytes", Forge.pair(Field.u64(.max) + [0]),
      .tooLong(part: "a key", byteCount: .max, limit: 65_535)),
    Case(
      "a key of 65,536 bytes", Forge.pair(Field.text([UInt8](repeating: 0x61, count: 65_536))),
      .tooLong(part: "a key", byteCount: 65_536, limit: 65_535)),
    Case(
      "a key that is longer than the file", Forge.pair(Field.u64(5000)),
      .headerCutShort(part: "a key")),
    Case("an empty key", Forge.pair(Field.pair("", 0, [1])), .emptyKey),
    Case(
      "a key with a NUL", Forge.pair(Field.pair("a\0b", 0, [1])), .invalidText(part: "a key")),
    Case(
      "a key that is no UTF-8", Forge.pair(Field.text([0xFF]) + Field.u32(0) + [1]),
      .invalidText(part: "a key")),
    Case(
      "a key with half a surrogate pair",
      Forge.pair(Field.text([0xED, 0xA0, 0x80]) + Field.u32(0) + [1]),
      .invalidText(part: "a key")),
    Case(
      "a key that occurs twice",
      Forge.file { $0.pairs = [Field.pair("a", 0, [1]), Field.pair("a", 7, [1])] },
      .duplicateKey("a")),
    Case(
      "a type of 13", Forge.pair(Field.pair("a", 13, [])), .unknownValueType(key: "a", type: 13)),
    Case(
      "a type of -1", Forge.pair(Field.pair("a", .max, [])),
      .unknownValueType(key: "a", type: .max)),
    Case(
      "a truth value of 2", Forge.pair(Field.pair("a", 7, [2])), .invalidBool(key: "a", value: 2)),
    Case(
      "a truth value of 255 in an array",
      Forge.pair(Field.array("a", of: 7, count: 3, [0, 1, 255])),
      .invalidBool(key: "a", value: 255)),
    Case(
      "a text of -1 bytes", Forge.pair(Field.pair("a", 8, Field.u64(.max))),
      .tooLong(part: "the text of \"a\"", byteCount: .max, limit: 16 << 20)),
    Case(
      "a text that is longer than the file", Forge.pair(Field.pair("a", 8, Field.u64(1 << 20))),
      .headerCutShort(part: "the text of \"a\"")),
    Case(
      "a text with a NUL", Forge.pair(Field.pair("a", 8, Field.text("x\0"))),
      .invalidText(part: "the text of \"a\"")),
    Case(
      "a text that is no UTF-8", Forge.pair(Field.pair("a", 8, Field.text([0xC0, 0x80]))),
      .invalidText(part: "the text of \"a\"")),
    Case(
      "an end within a number", Array(Forge.pair(Field.pair("a", 10, Field.u64(1))).prefix(40)),
      .headerCutShort(part: "the value of \"a\"")),
  ]

  static let arrays = [
    Case(
      "an array of arrays", Forge.pair(Field.array("a", of: 9, count: 1, [])),
      .nestedArray(key: "a")),
    Case(
      "an array of an unknown type", Forge.pair(Field.array("a", of: 99, count: 1, [])),
      .unknownValueType(key: "a", type: 99)),
    Case(
      "an array of -1 bytes", Forge.pair(Field.array("a", of: 0, count: .max, [])),
      .tooManyElements(key: "a", count: .max, limit: 1 << 22)),
    Case(
      "an array whose size overflows", Forge.pair(Field.array("a", of: 12, count: 1 << 61, [])),
      .tooManyElements(key: "a", count: 1 << 61, limit: 1 << 22)),
    Case(
      "an array that is longer than the file",
      Forge.pair(Field.array("a", of: 4, count: 1 << 20, [])),
      .headerCutShort(part: "the array of \"a\"")),
    Case(
      "more texts than fit into the file", Forge.pair(Field.array("a", of: 8, count: 1 << 20, [])),
      .headerCutShort(part: "the array of \"a\"")),
    Case(
      "a text of -1 bytes in an array",
      Forge.pair(Field.array("a", of: 8, count: 1, Field.u64(.max))),
      .tooLong(part: "a text of \"a\"", byteCount: .max, limit: 16 << 20)),
    Case(
      "a text with a NUL in an array",
      Forge.pair(Field.array("a", of: 8, count: 2, Field.text("a") + Field.text("\0"))),
      .invalidText(part: "a text of \"a\"")),
    Case(
      "an alignment of 13", Forge.pair(Field.alignment(13)), .invalidAlignment("13")),
    Case("an alignment of 0", Forge.pair(Field.alignment(0)), .invalidAlignment("0")),
    Case(
      "an alignment of a signed type",
      Forge.pair(Field.pair("general.alignment", 5, Field.u32(32))),
      .invalidAlignment("of type int32")),
    Case(
      "an alignment that is a text",
      Forge.pair(Field.pair("general.alignment", 8, Field.text("32"))),
      .invalidAlignment("of type string")),
  ]
}
