/// What a pickle may use up; real checkpoints stay far below, and a hostile one ends within a second and 256 MiB.
enum PickleLimits {
  /// The longest pickle, in bytes.
  static let byteCount = 64 << 20
  /// The most instructions.
  static let opcodeCount = 16_000_000
  /// The most values, of 16 bytes each.
  static let nodeCount = 2_000_000
  /// The most places in lists, tuples, sets and dictionaries, of 8 bytes each.
  static let cellCount = 4_000_000
  /// The most objects, of 24 bytes each.
  static let objectCount = 1_000_000
  /// The deepest stack.
  static let stackCount = 1_000_000
  /// The most remembered values.
  static let memoCount = 2_000_000
  /// The remembered values whose numbers are out of order.
  static let sparseMemoCount = 100_000
  /// The most instructions that name a function or class.
  static let globalUseCount = 500_000
  /// The most functions and classes.
  static let globalCount = 20_000
  /// The longest line of a value that is spelled as text, in bytes.
  static let numberByteCount = 1024
  /// The longest name of a module or of what is in it, in bytes.
  static let nameByteCount = 4096
}
