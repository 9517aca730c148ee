/// Bytes that fall into pieces, such as the instructions of a pickle, for one change.
struct Pieces {
  private(set) var bytes: [UInt8]
  /// Where the pieces start, and where the last one ends.
  private let cuts: [Int]

  /// Takes bytes and the cuts between their pieces; at least one.
  init(_ bytes: [UInt8], cuts: [Int]) {
    self.bytes = bytes
    self.cuts = cuts
  }

  /// The number of pieces.
  var count: Int { cuts.count - 1 }

  /// The bytes of a piece.
  subscript(index: Int) -> ArraySlice<UInt8> { bytes[cuts[index]..<cuts[index + 1]] }

  mutating func remove(_ range: Range<Int>) {
    bytes.removeSubrange(cuts[range.lowerBound]..<cuts[range.upperBound])
  }

  mutating func copy(_ range: Range<Int>, before index: Int) {
    insert(bytes[cuts[range.lowerBound]..<cuts[range.upperBound]], before: index)
  }

  mutating func insert(_ new: some Collection<UInt8>, before index: Int) {
    bytes.insert(contentsOf: new, at: cuts[index])
  }

  mutating func replace(_ index: Int, with new: some Collection<UInt8>) {
    bytes.replaceSubrange(cuts[index]..<cuts[index + 1], with: new)
  }

  mutating func swap(_ one: Int, _ other: Int) {
    guard one != other else { return }
    let (first, second) = (min(one, other), max(one, other))
    let (early, late) = (self[first], self[second])
    replace(second, with: early)
    replace(first, with: late)
  }
}

extension Pieces {
  /// Leaves out, repeats or swaps pieces.
  mutating func rearrange(_ random: inout FuzzRandom) {
    guard count > 0 else { return }
    switch random.below(4) {
    case 0: remove(random.range(in: count, atMost: 2))
    case 1: remove(random.range(in: count, atMost: 20))
    case 2: copy(random.range(in: count, atMost: 20), before: random.below(count + 1))
    default: swap(random.below(count), random.below(count))
    }
  }
}
