/// A table from numbers to ids that is quick to make: a vocabulary is made anew for every run of the program.
struct TokenTable: Sendable {
  private var keys: [UInt64]
  private var ids: [Int32]
  private let mask: Int

  /// What stands for an id that is not there.
  static let none: Int32 = -1

  /// Makes an empty table with room for so many ids.
  init(capacity: Int) {
    var size = 16
    while size < 2 * capacity { size *= 2 }
    keys = [UInt64](repeating: 0, count: size)
    ids = [Int32](repeating: Self.none, count: size)
    mask = size - 1
  }

  /// The id of a number, or `none`.
  subscript(key: UInt64) -> Int32 { ids[place(of: key)] }

  /// Adds a number, and says whether it is new; there must be room.
  mutating func insert(_ key: UInt64, _ id: Int32) -> Bool {
    let place = place(of: key)
    guard ids[place] == Self.none else { return false }
    (keys[place], ids[place]) = (key, id)
    return true
  }

  /// Where a number is, or the free place where it would be.
  private func place(of key: UInt64) -> Int {
    // Fibonacci hashing: the upper bits of the product depend on all bits of the key.
    var place = Int(truncatingIfNeeded: (key &* 0x9E37_79B9_7F4A_7C15) >> 32) & mask
    while ids[place] != Self.none, keys[place] != key { place = (place + 1) & mask }
    return place
  }
}
