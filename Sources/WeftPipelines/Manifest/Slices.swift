/// The split of tasks into slices of about equal work: the largest tasks first, each to the slice with the least so far.
package enum Slices {
  /// The indices of the tasks of a slice, largest first.
  ///
  /// Every worker works the split out by itself, so it depends on nothing but the numbers.
  ///
  /// - Parameters:
  ///   - number: the slice, counted from 1; 0 is the last one, too.
  ///   - count: the number of slices.
  ///   - byteCounts: the work of every task, in bytes.
  /// - Returns: the indices.
  package static func indices(of number: Int, count: Int, byteCounts: [Int]) -> [Int] {
    let wanted = number % count
    var heap = SliceHeap(count: count)
    let order = byteCounts.indices.sorted {
      byteCounts[$0] == byteCounts[$1] ? $0 < $1 : byteCounts[$0] > byteCounts[$1]
    }
    var result: [Int] = []
    for index in order {
      // A task of no bytes takes some time, too.
      if heap.addToLeast(max(1, byteCounts[index])) == wanted { result.append(index) }
    }
    return result
  }
}

/// The work of every slice, with the least in front.
private struct SliceHeap {
  private var nodes: [(load: Int, slice: Int)]

  init(count: Int) { nodes = (0..<count).map { (0, ($0 + 1) % count) } }

  /// Adds work to the slice with the least, or the first of several, and gives that slice.
  mutating func addToLeast(_ work: Int) -> Int {
    let slice = nodes[0].slice
    nodes[0].load += work
    var parent = 0
    while true {
      var least = parent
      for child in [2 * parent + 1, 2 * parent + 2]
      where child < nodes.count && isBefore(child, least) { least = child }
      guard least != parent else { return slice }
      nodes.swapAt(parent, least)
      parent = least
    }
  }

  private func isBefore(_ one: Int, _ other: Int) -> Bool {
    let (a, b) = (nodes[one], nodes[other])
    return a.load == b.load ? a.slice < b.slice : a.load < b.load
  }
}
