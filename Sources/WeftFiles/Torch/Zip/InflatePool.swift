import Synchronization

/// The states of unpacking that the members of an archive share, so that memory does not grow with their number.
///
/// A state that is in use belongs to its reader alone; a reader that goes on where it stopped finds its own again.
final class InflatePool: Sendable {
  /// The most states that are kept, of about 40 KiB each.
  private static let maximumCount = 192

  private struct Entry {
    let member: Int
    let stream: InflateStream
    /// Whether others may start from a copy; otherwise it is where a reader stopped.
    let isSnapshot: Bool
  }

  private let entries = Mutex<[Entry]>([])

  /// The state of a member that is nearest before an offset, or nil when none is.
  func take(_ member: Int, before offset: Int) -> InflateStream? {
    entries.withLock { entries in
      var best: Int?
      for (index, entry) in entries.enumerated()
      where entry.member == member && entry.stream.outputOffset <= offset {
        let bestOffset = best.map { entries[$0].stream.outputOffset } ?? -1
        if entry.stream.outputOffset > bestOffset { best = index }
      }
      guard let best else { return nil }
      return entries[best].isSnapshot
        ? entries[best].stream.copy() : entries.remove(at: best).stream
    }
  }

  /// Keeps a state; the oldest ones give way.
  func keep(_ stream: InflateStream, of member: Int, isSnapshot: Bool) {
    entries.withLock { entries in
      let isKnown = entries.contains {
        $0.member == member && $0.stream.outputOffset == stream.outputOffset
      }
      guard !isKnown else { return }
      if entries.count >= Self.maximumCount { entries.removeFirst() }
      entries.append(Entry(member: member, stream: stream, isSnapshot: isSnapshot))
    }
  }
}
