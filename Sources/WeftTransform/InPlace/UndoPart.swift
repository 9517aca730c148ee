import Synchronization

/// A part of a saved range that one thread handles at once.
struct UndoPart: Sendable {
  /// The largest part, in bytes.
  static let maximumByteCount = 1 << 20

  /// The index of the range.
  let range: Int
  /// Where in the range it starts.
  let offset: Int
  let byteCount: Int

  /// The parts of all ranges, in order.
  static func parts(of ranges: [UndoDescription.SavedRange]) -> [UndoPart] {
    ranges.enumerated().flatMap { index, range in
      stride(from: 0, to: range.byteCount, by: maximumByteCount).map {
        UndoPart(
          range: index, offset: $0, byteCount: min(maximumByteCount, range.byteCount - $0))
      }
    }
  }
}

/// A truth that holds until a thread finds otherwise.
final class Flag: Sendable {
  private let value = Atomic<Bool>(true)

  var isSet: Bool { value.load(ordering: .acquiring) }
  func clear() { value.store(false, ordering: .releasing) }
}
