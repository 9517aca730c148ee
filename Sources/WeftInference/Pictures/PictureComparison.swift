package import WeftFiles

#if canImport(Glibc)
  import Glibc
#endif

/// How far two pictures of one size are apart.
package struct PictureComparison: Sendable {
  /// One of the pictures, in colours unless both are grey.
  package let first: Picture
  /// The other one, of as many channels.
  package let second: Picture

  /// Compares two pictures; nil when their sizes differ.
  package init?(_ first: Picture, _ second: Picture) {
    guard first.width == second.width, first.height == second.height else { return nil }
    let areGrey = first.channelCount == 1 && second.channelCount == 1
    self.first = areGrey ? first : first.flattened
    self.second = areGrey ? second : second.flattened
  }

  /// The peak signal-to-noise ratio in decibels, of values from 0 to 1; equal pictures have an infinite one.
  package var psnr: Double {
    var sum = 0
    for (one, other) in zip(first.values, second.values) {
      let difference = Int(one) - Int(other)
      sum += difference * difference
    }
    return PeakSignalToNoise.decibels(
      meanSquare: Double(sum) / Double(max(first.values.count, 1)) / (255 * 255))
  }

  /// The structural similarity, up to 1 of equal pictures; nil for pictures smaller than its window.
  package var ssim: Double? { StructuralSimilarity.mean(first, second) }

  /// The mean distance of two values, from 0 to 1.
  package var meanAbsoluteDifference: Double {
    let sum = zip(first.values, second.values).reduce(0) { $0 + abs(Int($1.0) - Int($1.1)) }
    return Double(sum) / Double(max(first.values.count, 1)) / 255
  }

  /// The largest distance of two values, from 0 to 1.
  package var maximumDifference: Double {
    let largest = zip(first.values, second.values).reduce(0) { max($0, abs(Int($1.0) - Int($1.1))) }
    return Double(largest) / 255
  }

  /// The distances as a picture, so many times as bright; black is where the pictures are equal.
  package func difference(amplified factor: Int) -> Picture {
    var distances = first
    for index in distances.values.indices {
      let distance = abs(Int(first.values[index]) - Int(second.values[index]))
      distances.values[index] = UInt8(min(255, distance * max(factor, 1)))
    }
    return distances
  }
}

/// The peak signal-to-noise ratio of values from 0 to 1.
package enum PeakSignalToNoise {
  /// The ratio in decibels; equal values have an infinite one.
  ///
  /// Source: https://github.com/scikit-image/scikit-image/blob/v0.24.0/skimage/metrics/simple_metrics.py
  package static func decibels(_ first: [Float], _ second: [Float]) -> Double {
    precondition(first.count == second.count)
    var sum = 0.0
    for (one, other) in zip(first, second) {
      let difference = Double(one) - Double(other)
      sum += difference * difference
    }
    return decibels(meanSquare: sum / Double(max(first.count, 1)))
  }

  /// The ratio of a mean square error.
  static func decibels(meanSquare: Double) -> Double {
    meanSquare == 0 ? .infinity : -10 * log10(meanSquare)
  }
}
