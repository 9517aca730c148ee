import WeftTensors

/// What an undo file says of the model that it belongs to.
struct UndoDescription: Sendable, Equatable {
  /// A run of bytes whose original is in the undo file.
  struct SavedRange: Sendable, Equatable {
    /// Where it starts, counted from the start of the model.
    let offset: Int
    /// Its size, in bytes.
    let byteCount: Int
    /// The tensor that it is a part of, or what else it is; for people.
    let name: String
    /// The CRC-32 of the original.
    var checksum: UInt32 = 0

    /// Where it ends.
    var end: Int { offset + byteCount }
  }

  /// Bytes that do not change, by which the model is known again.
  struct Witnesses: Sendable, Equatable {
    /// Where they are, in ascending order.
    let places: [Range<Int>]
    /// The CRC-32 of all of them, one after the other.
    var checksum: UInt32 = 0
  }

  /// The model, from the folder of the undo file.
  let modelPath: String
  /// Its size, in bytes.
  let modelByteCount: Int
  /// What is saved, in the order of the model; the first is the header.
  var ranges: [SavedRange]
  /// The CRC-32 of the header that the model gets.
  var newHeaderChecksum: UInt32 = 0
  /// What does not change.
  var witnesses: Witnesses
  /// The recipe of the change.
  let recipe: JSONValue

  /// The size of the header, which is the same before and after.
  var headerByteCount: Int { ranges.first?.byteCount ?? 0 }
}

extension UndoDescription.Witnesses {
  /// The most places, and the most bytes of each: a disk finds them within a second.
  private static let placeCount = 64
  private static let placeByteCount = 4096

  /// Places spread evenly over what lies between the ranges.
  init(between ranges: [UndoDescription.SavedRange], byteCount: Int) {
    var gaps: [Range<Int>] = []
    var end = 0
    for range in ranges {
      if range.offset > end { gaps.append(end..<range.offset) }
      end = max(end, range.end)
    }
    if end < byteCount { gaps.append(end..<byteCount) }
    let total = gaps.reduce(0) { $0 + $1.count }
    let step = max(Self.placeByteCount, total / Self.placeCount)
    var places: [Range<Int>] = []
    var before = 0  // bytes of the gaps before this one
    var next = 0  // where the next place is, counted over all gaps
    for gap in gaps {
      while next < before + gap.count {
        let start = gap.lowerBound + next - before
        places.append(start..<min(start + Self.placeByteCount, gap.upperBound))
        next += step
      }
      before += gap.count
    }
    self.init(places: places)
  }
}
