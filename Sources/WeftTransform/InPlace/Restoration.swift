package import WeftFiles
import WeftKernels
import WeftTensors

/// Puts the original bytes back into a model that was changed in place.
package struct Restoration: Sendable {
  private let undo: UndoFile
  private let model: PatchedFile
  private let threads: Int
  private let syncs: Bool

  /// Prepares the restoring of a model that is open and locked.
  package init(_ undo: UndoFile, of model: PatchedFile, threads: Int, syncs: Bool) {
    self.undo = undo
    self.model = model
    self.threads = threads
    self.syncs = syncs
  }

  /// The number of bytes that are written.
  package var byteCount: Int { undo.description.ranges.reduce(0) { $0 + $1.byteCount } }

  /// Writes every original, whatever the model has, and reads the result again.
  ///
  /// It may be stopped and run again at any moment: until the end the model is marked as one that no reader takes.
  ///
  /// - Parameter progress: is told how many more bytes were written, from any thread; it may throw to stop.
  /// - Throws: when the undo file is damaged, before anything is written, or reading or writing fails.
  package func run(progress: @Sendable (Int) throws -> Void) throws {
    // Looked at as a whole first, so that a damaged undo file changes nothing.
    _ = try undo.isOriginal(model, threads: threads)
    let header = try undo.savedHeader()
    try model.markBusy(sync: syncs)
    try copy(progress: progress)
    try model.finish(header, sync: syncs)
    try progress(header.count)
    guard try undo.isOriginal(model, threads: threads) else {
      throw TransformError(
        status: .inputOutput, what: "the bytes that were put back are not there", place: model.path,
        advice: "nobody else may write to the model; check the disk, then run again")
    }
  }

  private func copy(progress: @Sendable (Int) throws -> Void) throws {
    let ranges = undo.description.ranges
    let parts = UndoPart.parts(of: ranges).filter { $0.range > 0 }
    let workers = max(1, min(threads, parts.count))
    let buffers = (0..<workers).map { _ in
      ByteBuffer(byteCount: UndoPart.maximumByteCount, isZeroed: false)
    }
    try Parallel.run(threads: workers, count: parts.count) { worker, index in
      let part = parts[index]
      let slice = buffers[worker][0..<part.byteCount]
      try undo.file.read(at: undo.savedOffsets[part.range] + part.offset, into: slice)
      try model.write(slice, at: ranges[part.range].offset + part.offset)
      try progress(part.byteCount)
    }
  }
}
