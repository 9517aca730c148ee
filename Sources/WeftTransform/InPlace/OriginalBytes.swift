import WeftFiles
import WeftTensors

/// A model as it was before it was changed in place: what changes is read from the undo file, the rest from the model.
///
/// Nothing that a fuse reads can so be something that it has overwritten.
struct OriginalBytes: ByteSource {
  let model: InputFile
  let undo: UndoFile

  var path: String { model.path }
  var byteCount: Int { model.byteCount }

  func read(at offset: Int, into slice: ByteSlice) throws {
    let ranges = undo.description.ranges
    var done = 0
    while done < slice.byteCount {
      let position = offset + done
      let left = slice.byteCount - done
      // The first range that ends after the position: it holds it, or the model does up to its start.
      let index = ranges.partitioningIndex { $0.end > position }
      guard index < ranges.count, ranges[index].offset < position + left else {
        return try model.read(at: position, into: slice[done..<done + left])
      }
      let range = ranges[index]
      let isSaved = range.offset <= position
      let count = min(left, (isSaved ? range.end : range.offset) - position)
      let part = slice[done..<done + count]
      if isSaved {
        try undo.file.read(
          at: undo.savedOffsets[index] + position - range.offset, into: part)
      } else {
        try model.read(at: position, into: part)
      }
      done += count
    }
  }
}

extension Array {
  /// The index of the first element for which `belongs` holds, when it holds for all that follow.
  func partitioningIndex(_ belongs: (Element) -> Bool) -> Int {
    var (low, high) = (0, count)
    while low < high {
      let middle = low + (high - low) / 2
      if belongs(self[middle]) { high = middle } else { low = middle + 1 }
    }
    return low
  }
}

extension PlannedTensor {
  /// The same tensor, with everything that lies in a file read from elsewhere.
  func reading(_ source: any ByteSource, insteadOf identity: InputFile.Identity) -> PlannedTensor {
    func moved(_ tensor: Checkpoint.Tensor) -> Checkpoint.Tensor {
      tensor.isStored(in: identity)
        ? Checkpoint.Tensor(info: tensor.info, source: source, offset: tensor.offset) : tensor
    }
    return PlannedTensor(
      info: info,
      pieces: pieces.map {
        Piece(
          byteOffset: $0.byteOffset, byteCount: $0.byteCount, work: $0.work.reading(moved))
      }, action: action, encoding: encoding)
  }
}

extension Piece.Work {
  /// The same work with its tensors replaced.
  fileprivate func reading(_ moved: (Checkpoint.Tensor) -> Checkpoint.Tensor) -> Piece.Work {
    switch self {
    case .literal, .scales: self
    case .copy(let tensor, let byteOffset): .copy(moved(tensor), byteOffset: byteOffset)
    case .compute(let block, let update):
      .compute(block.reading(moved), update?.reading(moved))
    case .evaluate(let formula): .evaluate(formula.reading(moved))
    }
  }
}
