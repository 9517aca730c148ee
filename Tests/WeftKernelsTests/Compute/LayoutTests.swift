import Testing
import WeftKernels
import WeftTensors

struct LayoutTests {
  private let backend: ReferenceBackend
  /// `[2, 3, 4, 6]`, where every value tells its place.
  private let x = Tensor([2, 3, 4, 6], (0..<144).map { Float($0) })

  init() throws { backend = try ReferenceBackend(threads: 2) }

  @Test func `parts stand one after the other along axis 1, and slices take them out again`() throws
  {
    let other = Tensor([2, 1, 4, 6], (0..<48).map { Float(1000 + $0) })
    let all = try backend.concatenate([x, other, x])
    #expect(all.shape == [2, 7, 4, 6])
    #expect(try backend.slice(all, 0..<3).floats == x.floats)
    #expect(try backend.slice(all, 3..<4).floats == other.floats)
    #expect(try backend.slice(all, 4..<7).floats == x.floats)
    #expect(try backend.slice(all, 2..<2).shape == [2, 0, 4, 6])
  }

  @Test func `tokens of three dimensions are sliced, too`() throws {
    let part = try backend.slice(x.reshaped([2, 3, 24]), 1..<2)
    #expect(part.floats == (24..<48).map { Float($0) } + (96..<120).map { Float($0) })
  }

  @Test func `pixels become tokens row after row, and pixels again`() throws {
    let tokens = try backend.tokens(x)
    #expect(tokens.shape == [2, 24, 3])
    #expect(Array(tokens.floats[0..<6]) == [0, 24, 48, 1, 25, 49])
    #expect(try backend.picture(tokens, height: 4, width: 6).floats == x.floats)
  }

  @Test func `squares of pixels become channels, the row of the square first`() throws {
    let result = try backend.unshuffle(x, factor: 2)
    #expect(result.shape == [2, 12, 2, 3])
    // channel 0 of the picture: rows 0 and 2 with columns 0, 2, 4; then columns 1, 3, 5; then rows 1 and 3
    #expect(
      Array(result.floats[0..<18]) == [
        0, 2, 4, 12, 14, 16, 1, 3, 5, 13, 15, 17, 6, 8, 10, 18, 20, 22,
      ])
  }

  @Test func `the nearest pixel is the one at or before the place`() throws {
    let line = Tensor([1, 1, 1, 6], [0, 1, 2, 3, 4, 5])
    #expect(try backend.resize(line, height: 1, width: 4, .nearest).floats == [0, 1, 3, 4])
    #expect(
      try backend.resize(line, height: 2, width: 9, .nearest).floats
        == [0, 0, 1, 2, 2, 3, 4, 4, 5] + [0, 0, 1, 2, 2, 3, 4, 4, 5])
  }

  @Test(
    arguments: [
      ResizeFilter.bilinear(antialias: false), .bilinear(antialias: true),
      .bicubic(antialias: false), .bicubic(antialias: true),
    ], [1, 2, 3, 40])
  func `an even picture stays even in every size`(filter: ResizeFilter, size: Int) throws {
    for length in [1, 2, 7, 64] {
      let even = Tensor([1, 1, length, length], [Float](repeating: 3, count: length * length))
      let result = try backend.resize(even, height: size, width: size, filter)
      // Weights are rounded to float32; their sum is 1 but for that.
      #expect(result.floats.allSatisfy { abs($0 - 3) < 1e-5 })
    }
  }
}
