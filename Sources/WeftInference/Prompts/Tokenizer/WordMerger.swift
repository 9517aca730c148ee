/// Merges the bytes of words to tokens, the earliest merge first and equal ones from left to right.
///
/// It keeps its memory from word to word, and takes about n log n steps for a word of n bytes.
struct WordMerger {
  private let merges: BytePairMerges
  private var ids: [Int32] = []
  private var next: [Int32] = []
  private var previous: [Int32] = []
  private var queue = MergeQueue()

  init(_ merges: BytePairMerges) { self.merges = merges }

  /// Adds the tokens of all words of a normalised text.
  mutating func append(_ text: [Unicode.Scalar], to tokens: inout [Int]) {
    var words = WordSplitter(text)
    var bytes: [UInt8] = []
    while let word = words.next() {
      bytes.removeAll(keepingCapacity: true)
      for scalar in word { bytes += UTF8.encode(scalar) ?? .init() }
      append(bytes, to: &tokens)
    }
  }

  /// Adds the tokens of a word, which must have bytes.
  private mutating func append(_ word: [UInt8], to tokens: inout [Int]) {
    start(word)
    while let first = queue.pop() {
      merge(at: first.place, to: first.id)
    }
    var place: Int32 = 0
    while place >= 0 {
      tokens.append(Int(ids[Int(place)]))
      place = next[Int(place)]
    }
  }

  /// Puts the bytes in a chain, and all pairs that can be merged in the queue.
  private mutating func start(_ word: [UInt8]) {
    ids.removeAll(keepingCapacity: true)
    next.removeAll(keepingCapacity: true)
    previous.removeAll(keepingCapacity: true)
    for byte in word {
      ids.append(merges.byteIDs[Int(byte)])
      previous.append(Int32(previous.count) - 1)
      next.append(Int32(next.count) + 1)
    }
    let last = ids.count - 1
    ids[last] += BytePairMerges.endOffset
    next[last] = -1
    for place in ids.indices.dropLast() { propose(at: place) }
  }

  /// Puts the pair that begins at a place in the queue when it can be merged.
  private mutating func propose(at place: Int) {
    let right = next[place]
    guard right >= 0 else { return }
    let id = merges.merged(ids[place], ids[Int(right)])
    if id >= 0 { queue.push(id: id, place: place) }
  }

  /// Merges the pair at a place, unless one of its halves has become another token since it was proposed.
  private mutating func merge(at place: Int, to id: Int32) {
    let right = next[place]
    guard ids[place] >= 0, right >= 0, merges.merged(ids[place], ids[Int(right)]) == id else {
      return
    }
    ids[place] = id
    ids[Int(right)] = -1
    next[place] = next[Int(right)]
    if next[place] >= 0 { previous[Int(next[place])] = Int32(place) }
    propose(at: place)
    if previous[place] >= 0 { propose(at: Int(previous[place])) }
  }
}

/// The merges that can be done, the earliest and leftmost first: a binary heap of ids and places in one number each.
private struct MergeQueue {
  private var entries: [UInt64] = []

  mutating func push(id: Int32, place: Int) {
    let entry = UInt64(UInt32(bitPattern: id)) << 32 | UInt64(UInt32(truncatingIfNeeded: place))
    entries.append(entry)
    var child = entries.count - 1
    while child > 0, entry < entries[(child - 1) / 2] {
      entries[child] = entries[(child - 1) / 2]
      child = (child - 1) / 2
    }
    entries[child] = entry
  }

  mutating func pop() -> (id: Int32, place: Int)? {
    guard let first = entries.first, let moved = entries.popLast() else { return nil }
    if !entries.isEmpty { sink(moved) }
    return (Int32(truncatingIfNeeded: first >> 32), Int(UInt32(truncatingIfNeeded: first)))
  }

  /// Puts an entry where the first one was, or further down.
  private mutating func sink(_ entry: UInt64) {
    var parent = 0
    while true {
      var child = 2 * parent + 1
      guard child < entries.count else { break }
      if child + 1 < entries.count, entries[child + 1] < entries[child] { child += 1 }
      guard entries[child] < entry else { break }
      entries[parent] = entries[child]
      parent = child
    }
    entries[parent] = entry
  }
}
