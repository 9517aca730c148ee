import CKernels
import WeftKernels

/// Places that share the upper bits of their magnitudes, in any order.
///
/// They are told apart by eight bits at a time until few enough are left to be sorted.
struct CollectedPlaces {
  private static let sortedCount = 1024

  private let places: [MagnitudePlace]
  /// The lowest of the bits that all magnitudes share.
  private let shift: Int

  init(_ places: [MagnitudePlace], shift: Int) {
    self.places = places
    self.shift = shift
  }

  /// The place that has so many of the others before it; the end when there are not so many, as in a file that changes
  /// while it is read.
  func place(at rank: Int) -> MagnitudePlace {
    guard places.count > Self.sortedCount, shift >= 8 else {
      return rank < places.count ? places.sorted()[rank] : .end
    }
    var counts = [Int](repeating: 0, count: 256)
    for place in places { counts[digit(place)] += 1 }
    var rest = rank
    var chosen = 255
    while chosen > 0, rest >= counts[chosen] {
      rest -= counts[chosen]
      chosen -= 1
    }
    let same = places.filter { digit($0) == chosen }
    return CollectedPlaces(same, shift: shift - 8).place(at: rest)
  }

  private func digit(_ place: MagnitudePlace) -> Int {
    Int(truncatingIfNeeded: (place.magnitudeBits >> UInt64(shift - 8)) & 0xFF)
  }
}
