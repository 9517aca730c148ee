#if canImport(Glibc)
  import Glibc
#endif

/// A Brownian path that follows from a seed, the same however it is asked for: torchsde's tree of halved intervals.
///
/// Each node splits its interval in two, with noise from a seed of its own; numbers on the path are millionths.
/// Source: https://github.com/google-research/torchsde/blob/v0.2.6/torchsde/_brownian/brownian_interval.py
package struct BrownianTree: Sendable {
  private let seed: UInt64
  private let root: Node

  /// Makes a path.
  ///
  /// - Parameters:
  ///   - seed: its seed.
  ///   - range: where it begins and ends.
  ///   - count: how many numbers walk along it.
  package init(seed: UInt64, range: ClosedRange<Double>, count: Int) {
    self.seed = seed
    let top = SeedSequence(seed, poolSize: Self.poolSize).seeds(1)[0]
    let length = Float((range.upperBound - range.lowerBound).squareRoot())
    root = Node(
      start: Self.millionths(range.lowerBound), end: Self.millionths(range.upperBound),
      path: 0, depth: 0, increment: Self.noise(top, count).map { $0 * length })
  }

  /// By how much the numbers change from one place to a later one; places outside the range are its ends.
  package func increment(_ start: Double, _ end: Double) -> [Float] {
    let places = [start, end].map {
      Self.millionths(min(max($0, root.start), root.end))
    }
    guard places[0] < places[1] else { return [Float](repeating: 0, count: root.increment.count) }
    return increment(places[0], places[1], of: root)
  }

  private static let poolSize = 24

  /// A part of the path, by how much it changes, and its place in the tree.
  private struct Node {
    let start: Double
    let end: Double
    let path: UInt64
    let depth: UInt64
    let increment: [Float]
  }

  private func increment(_ start: Double, _ end: Double, of node: Node) -> [Float] {
    // Halves of a millionth have no middle; the depth is then about 24.
    guard node.start < start || end < node.end, let (left, right) = halves(of: node) else {
      return node.increment
    }
    if end <= left.end { return increment(start, end, of: left) }
    if start >= left.end { return increment(start, end, of: right) }
    let (first, second) = (
      increment(start, left.end, of: left), increment(left.end, end, of: right)
    )
    return zip(first, second).map { $0 + $1 }
  }

  private func halves(of node: Node) -> (Node, Node)? {
    let middle = Self.millionths(0.5 * (node.end + node.start))
    guard node.start < middle, middle < node.end else { return nil }
    let nodeSeed = SeedSequence(seed, path: [node.path, node.depth], poolSize: Self.poolSize).seeds(
      1)[0]
    let noise = Self.noise(nodeSeed, node.increment.count)
    let (before, after) = (middle - node.start, node.end - middle)
    let share = 1 / (node.end - node.start)
    let (place, reach, spread) = (
      Float(before), Float(share), Float((before * after * share).squareRoot())
    )
    let left = zip(node.increment, noise).map { whole, noise in
      place * whole * reach + spread * noise
    }
    let right = zip(node.increment, left).map { $0 - $1 }
    return (
      Node(
        start: node.start, end: middle, path: 2 * node.path, depth: node.depth + 1, increment: left),
      Node(
        start: middle, end: node.end, path: 2 * node.path + 1, depth: node.depth + 1,
        increment: right)
    )
  }

  private static func noise(_ seed: UInt32, _ count: Int) -> [Float] {
    var generator = TorchGenerator(seed: UInt64(seed))
    return generator.draw(count)
  }

  /// A place to six digits, to nearest by its exact value as Python rounds; many are half way but for their last bit.
  private static func millionths(_ place: Double) -> Double {
    let scaled = place * 1e6
    let lost = (-scaled).addingProduct(place, 1e6)
    let below = scaled.rounded(.down)
    let part = scaled - below + lost
    let isUp = part == 0.5 ? below.truncatingRemainder(dividingBy: 2) != 0 : part > 0.5
    return (isUp ? below + 1 : below) / 1e6
  }
}
