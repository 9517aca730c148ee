import Synchronization
import Testing
import WeftKernels
import WeftTensors

@Suite("Transposition, threads and test weights")
struct ToolsTests {
  @Test("a transpose moves every element", arguments: [1, 2, 4, 8])
  func transposing(width: Int) {
    for (rows, columns) in [(1, 1), (1, 50), (33, 65), (64, 3), (0, 5)] {
      var generator = Generator(state: 30)
      let bytes = (0..<rows * columns * width).map { _ in
        UInt8(truncatingIfNeeded: generator.next())
      }
      let target = ByteBuffer(byteCount: bytes.count).all
      transpose(slice(bytes), rows: rows, columns: columns, elementWidth: width, into: target)
      let expected = (0..<columns).flatMap { column in
        (0..<rows).flatMap { row -> ArraySlice<UInt8> in
          let start = (row * columns + column) * width
          return bytes[start..<start + width]
        }
      }
      #expect(target.array == expected)
    }
  }

  struct Failure: Error {}

  @Test("every item is done once, whatever the number of threads", arguments: [1, 2, 5])
  func items(threads: Int) throws {
    let seen = Mutex([Int](repeating: 0, count: 200))
    try Parallel.run(threads: threads, count: 200) { worker, item in
      #expect(worker < threads)
      seen.withLock { $0[item] += 1 }
    }
    #expect(seen.withLock { $0.allSatisfy { $0 == 1 } })
    try Parallel.run(threads: threads, count: 0) { _, _ in throw Failure() }
  }

  @Test("the first error is thrown and stops the rest", arguments: [1, 2])
  func failing(threads: Int) {
    let done = Atomic<Int>(0)
    #expect(throws: Failure.self) {
      try Parallel.run(threads: threads, count: 1_000_000) { _, item in
        if item == 3 { throw Failure() }
        done.wrappingAdd(1, ordering: .relaxed)
      }
    }
    #expect(done.load(ordering: .relaxed) < 1_000_000)
  }

  // Made with hash_tensor of the generator of the golden files.
  static let weights: [(String, HashWeights.Kind, Int, [Float], Float)] = [
    (
      "mid_block.attentions.0.proj_in.weight", .matrix(fanIn: 5), 15,
      [-0.494140625, 0.44384765625, 0.28369140625, -0.1298828125, 0.04833984375], 0.37841796875
    ),
    (
      "conv_in.weight", .matrix(fanIn: 36), 144,
      [-0.107666015625, -0.0419921875, 0.0224609375, 0.011474609375], -0.219482421875
    ),
    ("norm.weight", .norm, 9, [0.8017578125, 1.2314453125, 0.982421875], 1.04296875),
    (
      "norm.bias", .bias, 9, [0.0445556640625, -0.034423828125, 0.03662109375], -0.0955810546875
    ),
    (
      "token_embedding.weight", .embedding, 12,
      [0.01763916015625, 0.02154541015625, 0.007965087890625], -0.011627197265625
    ),
  ]

  @Test("test weights have the values of the golden files' generator", arguments: weights)
  func hashing(name: String, kind: HashWeights.Kind, count: Int, first: [Float], last: Float) {
    let weights = HashWeights(name: name, kind: kind)
    let (singles, halves) = (room(count, .f32), room(count - 2, .f16))
    weights.write(0..<count, into: singles, .f32)
    weights.write(2..<count, into: halves, .f16)
    let made = values(singles, as: Float.self)
    #expect(Array(made.prefix(first.count)) == first && made.last == last)
    let widened = values(halves, as: UInt16.self).map { Float(SmallFormat.half.value($0)) }
    #expect(widened == Array(made.dropFirst(2)))
  }
}
