import WeftTensors

/// How quickly memory is copied.
package enum MemoryRate {
  /// The rate of the best of some copies on so many threads, in bytes a second; each byte is read once and written once.
  ///
  /// - Throws: never, but for what threads throw.
  package static func measure(threads: Int) throws -> Double {
    let (source, target) = (ByteBuffer(byteCount: byteCount), ByteBuffer(byteCount: byteCount))
    var best = Duration.seconds(1000)
    for _ in 0..<copies {
      let took = try ContinuousClock().measure {
        try Parallel.run(threads: threads, count: byteCount / partByteCount) { _, part in
          let range = part * partByteCount..<(part + 1) * partByteCount
          target[range].copy(from: source[range])
        }
      }
      best = min(best, took)
    }
    return Double(byteCount) / (best / .seconds(1))
  }

  /// Many times the caches of most processors.
  private static let byteCount = 256 << 20
  private static let partByteCount = 4 << 20
  private static let copies = 4
}
