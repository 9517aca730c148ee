/// A pattern of one name of a path.
struct NameGlob: Sendable {
  /// What stands for a part of a name.
  private enum Element {
    /// Any text.
    case text
    /// Any character.
    case character
    /// A character in one of the ranges, or in none.
    case set([ClosedRange<Unicode.Scalar>], isInverted: Bool)
    /// Itself.
    case literal(Unicode.Scalar)

    /// Whether it stands for a character.
    func matches(_ scalar: Unicode.Scalar) -> Bool {
      switch self {
      case .text: false
      case .character: true
      case .set(let ranges, let isInverted):
        ranges.contains { $0.contains(scalar) } != isInverted
      case .literal(let literal): literal == scalar
      }
    }
  }

  private let elements: [Element]
  /// Whether the pattern may stand for more than one name.
  let hasWildcards: Bool
  /// Whether the pattern starts with a dot, so that it may stand for a hidden name.
  private let startsWithDot: Bool

  /// Reads a pattern.
  init(_ pattern: [Unicode.Scalar]) {
    var elements: [Element] = []
    var rest = pattern[...]
    while let scalar = rest.popFirst() {
      switch scalar {
      case "*": elements.append(.text)
      case "?": elements.append(.character)
      case "[": elements.append(Self.set(&rest) ?? .literal(scalar))
      default: elements.append(.literal(scalar))
      }
    }
    self.elements = elements
    startsWithDot = pattern.first == "."
    hasWildcards = elements.contains { if case .literal = $0 { false } else { true } }
  }

  /// The set after a `[`, which is taken off; nil when there is no end to it.
  private static func set(_ rest: inout ArraySlice<Unicode.Scalar>) -> Element? {
    let isInverted = rest.first == "!"
    let start = rest.startIndex + (isInverted ? 1 : 0)
    // A `]` right at the start is one of the set.
    guard start < rest.endIndex, let end = rest[(start + 1)...].firstIndex(of: "]") else {
      return nil
    }
    var ranges: [ClosedRange<Unicode.Scalar>] = []
    var members = rest[start..<end]
    while let first = members.popFirst() {
      if members.count >= 2, members.first == "-", let last = members.dropFirst().first {
        members = members.dropFirst(2)
        if first <= last { ranges.append(first...last) }
      } else {
        ranges.append(first...first)
      }
    }
    rest = rest[(end + 1)...]
    return .set(ranges, isInverted: isInverted)
  }

  /// Whether the pattern fits the whole name.
  ///
  /// It is enough to go back to the last `*`: what stands before it has taken the least that it can.
  func matches(_ name: [Unicode.Scalar]) -> Bool {
    guard name.first != "." || startsWithDot else { return false }
    var (element, index) = (0, 0)
    var retry: (element: Int, index: Int)?
    while index < name.count {
      if element < elements.count, elements[element].matches(name[index]) {
        (element, index) = (element + 1, index + 1)
      } else if element < elements.count, case .text = elements[element] {
        retry = (element + 1, index)
        element += 1
      } else if let last = retry {
        retry = (last.element, last.index + 1)
        (element, index) = (last.element, last.index + 1)
      } else {
        return false
      }
    }
    return elements[element...].allSatisfy { if case .text = $0 { true } else { false } }
  }
}
