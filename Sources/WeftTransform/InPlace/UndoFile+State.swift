package import WeftFiles
import WeftKernels
import WeftTensors

extension UndoFile {
  /// What a model is to an undo file.
  package enum State: Sendable, Equatable {
    /// It has its original bytes.
    case original
    /// It has the bytes that the fuse gave it.
    case changed
    /// The change, or its undoing, was stopped on the way.
    case partlyChanged
    /// It is another file, or it was changed by something else since; why.
    case foreign(String)
  }

  /// The ranges of a model compared with their originals.
  private struct Comparison {
    /// The CRC-32 of what the model has in each.
    let found: [UInt32]
    /// Whether all but the header have their original bytes.
    let areOriginal: Bool
  }

  /// Says what the model is; a damaged undo file is an error.
  package func state(of model: any ByteSource, threads: Int) throws -> State {
    guard model.byteCount == description.modelByteCount else {
      return .foreign(
        "it has \(model.byteCount) bytes, the model of the undo file has "
          + "\(description.modelByteCount)")
    }
    let oldHeader = try savedHeader()
    let newHeader = try newHeader()
    let header = try model.bytes(0..<description.headerByteCount)
    let marked = SafetensorsHeader.markedOffset
    let isBusy = header[marked] == SafetensorsHeader.busyMark
    let isMixture = header.indices.allSatisfy {
      header[$0] == oldHeader[$0] || header[$0] == newHeader[$0] || isBusy && $0 == marked
    }
    guard isMixture else {
      return .foreign("its header is neither the old nor the new one")
    }
    guard try description.witnesses.checksum(in: model) == description.witnesses.checksum else {
      return .foreign("tensors that were not changed have other bytes")
    }
    let comparison = try compare(model, threads: threads)
    if isBusy { return .partlyChanged }
    if header == oldHeader, comparison.areOriginal { return .original }
    guard let new = try newChecksums() else { return .partlyChanged }
    if header == newHeader, comparison.found.dropFirst() == new.dropFirst() { return .changed }
    return .foreign("it was changed again since")
  }

  /// The header that the model had.
  func savedHeader() throws -> [UInt8] {
    let start = savedOffsets.first ?? 0
    let header = try file.bytes(start..<start + description.headerByteCount)
    guard Checksum.of(header) == description.ranges.first?.checksum else {
      throw Self.damaged(path, "the saved header is not what was written")
    }
    return header
  }

  private func newHeader() throws -> [UInt8] {
    let header = try file.bytes(newHeaderOffset..<endMarkOffset)
    guard Checksum.of(header) == description.newHeaderChecksum else {
      throw Self.damaged(path, "the new header is not what was written")
    }
    return header
  }

  /// Whether the model has every original byte.
  func isOriginal(_ model: any ByteSource, threads: Int) throws -> Bool {
    try model.bytes(0..<description.headerByteCount) == savedHeader()
      && compare(model, threads: threads).areOriginal
  }

  /// Compares every range but the header, and throws when a saved one is not what was written.
  private func compare(_ model: any ByteSource, threads: Int) throws -> Comparison {
    let saved = SharedChecksums(count: description.ranges.count)
    let found = SharedChecksums(count: description.ranges.count)
    let parts = UndoPart.parts(of: description.ranges)
    let workers = max(1, min(threads, parts.count))
    let buffers = (0..<2 * workers).map { _ in
      ByteBuffer(byteCount: UndoPart.maximumByteCount, isZeroed: false)
    }
    let areSame = Flag()
    try Parallel.run(threads: workers, count: parts.count) { worker, index in
      let part = parts[index]
      let original = buffers[2 * worker][0..<part.byteCount]
      let present = buffers[2 * worker + 1][0..<part.byteCount]
      try file.read(at: savedOffsets[part.range] + part.offset, into: original)
      try model.read(at: description.ranges[part.range].offset + part.offset, into: present)
      saved.add(original, run: part.range, at: part.offset)
      found.add(present, run: part.range, at: part.offset)
      if part.range > 0, !original.hasSameBytes(as: present) { areSame.clear() }
    }
    for (range, checksum) in zip(description.ranges, saved.checksums)
    where range.checksum != checksum {
      throw Self.damaged(path, "the saved bytes of \(range.name) are not what was written")
    }
    return Comparison(found: found.checksums, areOriginal: areSame.isSet)
  }
}
