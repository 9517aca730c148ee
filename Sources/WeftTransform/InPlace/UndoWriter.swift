import WeftFiles
import WeftKernels
import WeftTensors

/// Saves what a fuse is going to change, so that it is on the disk before the first byte changes.
struct UndoWriter {
  let plan: InPlacePlan
  let model: PatchedFile
  let path: String
  let options: RunOptions

  /// Writes the undo file, which appears complete or not at all.
  ///
  /// `check` is called now and then and may throw to stop.
  func write(check: @Sendable () throws -> Void) throws {
    let draft = try description()
    let size = draft.json.compactText.utf8.count
    let offsets = UndoFile.savedOffsets(draft.ranges, descriptionByteCount: size)
    let header = plan.header.bytes
    let headerOffset = (offsets.last ?? 0) + (draft.ranges.last?.byteCount ?? 0)
    let total =
      headerOffset + header.count + UndoFile.endMarkByteCount(rangeCount: draft.ranges.count)
    let file = try OutputFile.create(
      at: path, byteCount: total, replacing: options.replaces, inputs: plan.model.inputFiles)
    let checksums = try copy(draft.ranges, to: offsets, of: file, check: check)
    try file.write(header, at: headerOffset)
    var complete = draft
    for (index, checksum) in checksums.enumerated() { complete.ranges[index].checksum = checksum }
    complete.newHeaderChecksum = Checksum.of(header)
    complete.witnesses.checksum = try draft.witnesses.checksum(in: model)
    try file.write(start(complete), at: 0)
    try check()
    // Always on the disk, whatever the options say of the output: without it there would be no way back.
    try file.commit(sync: true)
  }

  private func description() throws -> UndoDescription {
    let target = Paths.resolved(path) ?? path
    let header = UndoDescription.SavedRange(
      offset: 0, byteCount: plan.oldHeader.count, name: "header")
    let ranges =
      [header]
      + plan.changes.map {
        UndoDescription.SavedRange(
          offset: $0.range.lowerBound, byteCount: $0.range.count, name: $0.tensor.info.name)
      }
    return UndoDescription(
      modelPath: Paths.relative(model.path, from: Paths.directory(of: target)) ?? model.path,
      modelByteCount: model.byteCount, ranges: ranges,
      witnesses: UndoDescription.Witnesses(between: ranges, byteCount: model.byteCount),
      recipe: plan.model.recipeValue)
  }

  /// Copies the originals and gives their checksums.
  private func copy(
    _ ranges: [UndoDescription.SavedRange], to offsets: [Int], of file: OutputFile,
    check: @Sendable () throws -> Void
  ) throws -> [UInt32] {
    let parts = UndoPart.parts(of: ranges)
    let ledger = SharedChecksums(count: ranges.count)
    let threads = max(1, min(options.threads, parts.count))
    let buffers = (0..<threads).map { _ in
      ByteBuffer(byteCount: UndoPart.maximumByteCount, isZeroed: false)
    }
    try Parallel.run(threads: threads, count: parts.count) { worker, index in
      try check()
      let part = parts[index]
      let slice = buffers[worker][0..<part.byteCount]
      let target = offsets[part.range] + part.offset
      try model.read(at: ranges[part.range].offset + part.offset, into: slice)
      ledger.add(slice, run: part.range, at: part.offset)
      try file.write(slice, at: target)
      file.startWriting(target..<target + part.byteCount)
    }
    return ledger.checksums
  }

  private func start(_ description: UndoDescription) -> [UInt8] {
    let json = Array(description.json.compactText.utf8)
    return UndoFile.magic + littleEndianBytes(Checksum.of(json))
      + littleEndianBytes(UInt64(json.count))
      + json
  }
}

extension UndoDescription.Witnesses {
  /// The CRC-32 of what a file has in these places.
  func checksum(in file: any ByteSource) throws -> UInt32 {
    try places.reduce(0) { checksum, place in
      Checksum.joined(
        checksum, Checksum.of(try file.bytes(place)), secondByteCount: place.count)
    }
  }
}
