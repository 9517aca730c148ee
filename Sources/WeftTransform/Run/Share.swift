import WeftFiles

/// A share of the work: items whose bytes follow one another in the output.
struct Share: Sendable {
  /// What one thread does, in this order.
  var items: [WorkItem] = []
  /// Where the first byte is in its file.
  let offsetInFile: Int
  /// The size, in bytes.
  var byteCount = 0
}

extension Share {
  /// The frames of a compressed file are shares; smaller ones make single tensors cheaper to read.
  private static let compressedByteCount = 4 << 20

  /// The shares of all tensors, in the order of the output's files.
  static func shares(of tensors: [PlannedTensor], layout: OutputLayout) -> [Share] {
    let target =
      layout.format.isCompressed ? compressedByteCount : WorkItem.targetByteCount
    var shares: [Share] = []
    var file = -1
    for index in layout.tensorOrder {
      let place = layout.places[index]
      var offset = place.offset
      for (item, byteCount) in WorkItem.items(
        of: tensors[index], index: index, targetByteCount: target)
      {
        let fits = shares.last.map { $0.byteCount + byteCount <= target } ?? false
        if !fits || file != place.file { shares.append(Share(offsetInFile: offset)) }
        file = place.file
        shares[shares.count - 1].items.append(item)
        shares[shares.count - 1].byteCount += byteCount
        offset += byteCount
      }
    }
    return shares
  }
}
