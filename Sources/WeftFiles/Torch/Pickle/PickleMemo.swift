/// The values that a pickle remembers by number: in order they cost 4 bytes each, out of order they are few.
struct PickleMemo {
  private static let absent = PickleID.max

  private var dense: [PickleID] = []
  private var sparse: [Int: PickleID] = [:]

  /// The number of remembered values, which `MEMOIZE` takes as the next number.
  private(set) var count = 0

  /// The value of a number.
  subscript(index: Int) -> PickleID? {
    if dense.indices.contains(index) {
      return dense[index] == Self.absent ? nil : dense[index]
    }
    return sparse.isEmpty ? nil : sparse[index]
  }

  /// Remembers a value.
  mutating func set(_ index: Int, to id: PickleID) throws(PickleError.Problem) {
    guard index >= 0 else { throw .malformedValue }
    if index < dense.count {
      if dense[index] == Self.absent { count += 1 }
      dense[index] = id
    } else if index <= dense.count + 1024, sparse[index] == nil {
      guard index < PickleLimits.memoCount else {
        throw .overLimit("\(PickleLimits.memoCount) remembered values")
      }
      try extend(to: index)
      dense[index] = id
      count += 1
    } else {
      if sparse.updateValue(id, forKey: index) == nil { count += 1 }
      guard sparse.count <= PickleLimits.sparseMemoCount else {
        throw .overLimit("\(PickleLimits.sparseMemoCount) remembered values out of order")
      }
    }
  }

  /// Makes room up to a number; values that came early are found where they belong.
  private mutating func extend(to index: Int) throws(PickleError.Problem) {
    while dense.count <= index {
      let early = sparse.isEmpty ? nil : sparse.removeValue(forKey: dense.count)
      dense.append(early ?? Self.absent)
    }
  }
}
