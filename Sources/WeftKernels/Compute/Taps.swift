import CKernels
import WeftTensors

/// The pixels of a line that each pixel of another is made of, and their weights.
///
/// Source: https://github.com/pytorch/pytorch/blob/v2.9.0/aten/src/ATen/native/cpu/UpSampleKernel.cpp
struct Taps {
  /// The first of the line's pixels for each of the other's.
  private(set) var first: [Int] = []
  private var weights: [Float] = []
  private let count: Int

  /// The taps of a filter between lines of the given lengths.
  init(from length: Int, to size: Int, _ filter: ResizeFilter) {
    let ratio = Double(length) / Double(size)
    let places = (0..<size).map { Self.places(of: $0, ratio, length, filter) }
    count = places.map { ($0.keys.max() ?? 0) - ($0.keys.min() ?? 0) + 1 }.max() ?? 1
    for place in places {
      let start = min(place.keys.min() ?? 0, length - count)
      first.append(start)
      weights += (start..<start + count).map { Float(place[$0] ?? 0) }
    }
  }

  /// The taps for C, valid during the call.
  func withRaw(_ body: (UnsafePointer<weft_taps>) -> Void) {
    first.withUnsafeBufferPointer { first in
      weights.withUnsafeBufferPointer { weights in
        var raw = weft_taps()
        (raw.first, raw.weights) = (first.baseAddress, weights.baseAddress)
        (raw.size, raw.count) = (first.count, count)
        body(&raw)
      }
    }
  }

  /// The weights of the line's pixels for one of the other's.
  private static func places(
    of index: Int, _ ratio: Double, _ length: Int, _ filter: ResizeFilter
  ) -> [Int: Double] {
    switch filter {
    case .nearest: [min(length - 1, Int(Double(index) * ratio)): 1]
    case .bilinear(antialias: false):
      around(max(0, (Double(index) + 0.5) * ratio - 0.5), 0...1, length, triangle)
    case .bicubic(antialias: false):
      around((Double(index) + 0.5) * ratio - 0.5, -1...2, length) { cubic($0, -0.75) }
    case .bilinear(antialias: true): covered(index, ratio, length, reach: 1, triangle)
    case .bicubic(antialias: true): covered(index, ratio, length, reach: 2) { cubic($0, -0.5) }
    }
  }

  /// The pixels around a place; those beyond the line's ends are the last ones.
  private static func around(
    _ place: Double, _ offsets: ClosedRange<Int>, _ length: Int, _ filter: (Double) -> Double
  ) -> [Int: Double] {
    let base = Int(place.rounded(.down))
    return offsets.reduce(into: [:]) { result, offset in
      result[min(max(base + offset, 0), length - 1), default: 0] +=
        filter(place - Double(base + offset))
    }
  }

  /// The pixels that a pixel of a smaller line covers; the weights' sum is 1.
  private static func covered(
    _ index: Int, _ ratio: Double, _ length: Int, reach: Double, _ filter: (Double) -> Double
  ) -> [Int: Double] {
    let width = max(ratio, 1)
    let center = (Double(index) + 0.5) * ratio
    let first = max(0, Int(center - reach * width + 0.5))
    let end = min(length, Int(center + reach * width + 0.5))
    let weights = (first..<end).map { filter((Double($0) - center + 0.5) / width) }
    let total = weights.reduce(0, +)
    return Dictionary(uniqueKeysWithValues: zip(first..<end, weights.map { $0 / total }))
  }

  private static func triangle(_ x: Double) -> Double { max(0, 1 - abs(x)) }

  /// The cubic convolution kernel with parameter `a`.
  private static func cubic(_ x: Double, _ a: Double) -> Double {
    let x = abs(x)
    if x < 1 { return ((a + 2) * x - (a + 3)) * x * x + 1 }
    return x < 2 ? ((x - 5) * x + 8) * x * a - 4 * a : 0
  }
}

extension Taps {
  /// A plain picture in another size, lines first, then columns: `[N, C, height, width]`.
  static func resize(
    _ x: Tensor, height: Int, width: Int, _ filter: ResizeFilter, threads: Int,
    on team: Parallel.Team, _ pool: TensorPool
  ) throws -> Tensor {
    let vertical = Taps(from: x[2], to: height, filter)
    let horizontal = Taps(from: x[3], to: width, filter)
    let result = pool.tensor([x[0], x[1], height, width])
    let planes = x[0] * x[1]
    let scratch = (0..<min(threads, max(planes, 1))).map { _ in pool.tensor([x[2] * width]) }
    try Parallel.run(threads: threads, count: planes, on: team) { worker, plane in
      vertical.withRaw { vertical in
        horizontal.withRaw { horizontal in
          // In bounds: taps lie within the lines that they were made for.
          withExtendedLifetime((x, scratch)) {
            weft_resize(
              x.start(at: plane * x[2] * x[3]), x[2], x[3], vertical, horizontal,
              scratch[worker].start, result.start(at: plane * height * width))
          }
        }
      }
    }
    return result
  }
}
