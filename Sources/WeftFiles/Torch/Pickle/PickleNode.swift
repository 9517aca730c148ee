/// The number of a value of a pickle; values refer to each other by it, so that sharing and cycles cost nothing.
package typealias PickleID = UInt32

/// A value of a pickle: inert data, whatever it would be in Python.
struct PickleNode {
  /// What the value is, and what its three fields hold.
  enum Kind: UInt8 {
    /// Python's `None`.
    case none
    /// A truth value: first is 0 or 1.
    case boolean
    /// An integer: first and second are its low and high half.
    case integer
    /// An integer beyond 64 bits: first and second are its range in the bytes, third the text they are in.
    case bigInteger
    /// A 64-bit float: first and second are the low and high half of its bits.
    case float
    /// Text: first is the offset, second the count, third the text that the range is in.
    case text
    /// Bytes, like text.
    case bytes
    /// A tuple: first and second are its first and last cell, third the count.
    case tuple
    /// A list, like a tuple.
    case list
    /// A dictionary: like a tuple, with keys and values by turns.
    case dictionary
    /// A set, like a tuple.
    case set
    /// A function or class: first is its number among the globals.
    case global
    /// What a call would have given: first is its number among the objects.
    case object
    /// A reference to data beside the pickle: first is the value that says which.
    case persistent
  }

  var kind: Kind
  var first: UInt32 = 0
  var second: UInt32 = 0
  var third: UInt32 = 0
}

/// A place in a list, tuple, set or dictionary.
struct PickleCell {
  /// The end of a list of cells.
  static let end = UInt32.max

  let value: PickleID
  var next: UInt32 = end
}

/// A call that was not made: what would have been called, and what was added to the result.
struct PickleObject {
  var callable: PickleID
  var arguments: PickleID
  /// The value that `BUILD` gave, or `PickleHeap.none`.
  var state: PickleID = PickleHeap.none
  /// Cells of what was appended or set: keys and values by turns for a dictionary.
  var head = PickleCell.end
  var tail = PickleCell.end
  var count: UInt32 = 0
}

/// A function or class that a pickle names; it is never looked up.
package struct PickleGlobal: Sendable, Equatable {
  /// The module, by its name in Python 3.
  package let module: String
  /// The name within the module; it may have dots.
  package let name: String
  /// Where the first instruction that names it is, counted from the start of the file or member.
  package let offset: Int
  /// Whether the name is not in the file but would be computed, or is a number of a registry.
  package let isComputed: Bool
  /// Whether the pickle would call it.
  package internal(set) var isCalled = false

  /// The module and the name with a dot between.
  package var title: String { "\(module).\(name)" }
}
