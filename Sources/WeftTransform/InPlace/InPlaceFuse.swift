import WeftFiles
import WeftTensors

/// Carries out a fuse in place.
///
/// The undo file is complete and on the disk before the first byte of the model changes. When anything fails after that,
/// the original bytes are put back and the undo file is removed.
package struct InPlaceFuse: Sendable {
  private let plan: InPlacePlan
  private let undoPath: String
  private let options: RunOptions

  /// Prepares the run of a plan; of the options, `replaces` is about the undo file and `syncs` about the model.
  package init(_ plan: InPlacePlan, undoPath: String, options: RunOptions) {
    self.plan = plan
    self.undoPath = undoPath
    var limited = options
    limited.threads = min(options.threads, plan.model.threadLimit)
    self.options = limited
  }

  /// Throws unless the undo file may appear at its path; nothing is touched.
  ///
  /// An undo file whose model is not known to have its original bytes is the only way back: it is never replaced.
  package func check() throws {
    try OutputFile.check(undoPath, replacing: options.replaces, inputs: plan.model.inputFiles)
    guard Paths.exists(undoPath), try UndoFile.isUndoFile(InputFile.open(undoPath)),
      let undo = try? UndoFile.open(undoPath)
    else { return }
    let model = try? InputFile.open(undo.modelPath)
    let state = model.flatMap { try? undo.state(of: $0, threads: options.threads) }
    guard state == .original else {
      throw TransformError(
        status: .cannotCreate, what: "the undo file of a changed model is not replaced",
        place: undoPath, advice: "undo it first with weft undo, or choose another name")
    }
  }

  /// Saves the originals and changes the model.
  ///
  /// - Parameter progress: is told how many more bytes were written, from any thread; it may throw to stop, and the
  ///   model then has its original bytes again.
  /// - Returns: what the run did.
  /// - Throws: when values are not finite, or reading or writing fails; the model then has its original bytes.
  package func run(progress: @escaping @Sendable (Int) throws -> Void) throws -> RunSummary {
    try check()
    let model = try PatchedFile.open(plan.file.path)
    guard model.identity == plan.file.identity,
      try model.bytes(0..<plan.oldHeader.count) == plan.oldHeader
    else { throw FileError(path: model.path, reason: .isBusy) }
    try UndoWriter(plan: plan, model: model, path: undoPath, options: options).write {
      try progress(0)
    }
    let undo = try UndoFile.open(undoPath)
    do {
      return try change(model, undo: undo, progress: progress)
    } catch {
      try putBack(model, undo: undo, after: error)
      throw error
    }
  }

  private func change(
    _ model: PatchedFile, undo: UndoFile, progress: @escaping @Sendable (Int) throws -> Void
  ) throws -> RunSummary {
    let original = OriginalBytes(model: plan.file, undo: undo)
    let tensors = plan.changes.map {
      $0.tensor.reading(original, insteadOf: plan.file.identity)
    }
    let layout = OutputLayout.existing(
      offsets: plan.changes.map(\.tensorOffset), byteCount: model.byteCount)
    let output = PatchOutput(plan, model: model, syncs: options.syncs)
    let summary = try ModelRunner(tensors: tensors, layout: layout, options: options)
      .run(into: output, progress: progress)
    let mark = try PatchedFile.open(undo.path)
    try mark.write(UndoFile.endMark(output.checksums), at: undo.endMarkOffset)
    if options.syncs { try mark.sync() }
    return summary
  }

  private func putBack(_ model: PatchedFile, undo: UndoFile, after error: any Error) throws {
    do {
      try Restoration(undo, of: model, threads: options.threads, syncs: options.syncs)
        .run { _ in }
    } catch let second {
      let words = [error, second].map { ($0 as? any ActionableError)?.what ?? "\($0)" }
      throw TransformError(
        status: .inputOutput,
        what: "\(words[0]), and the original bytes could not be put back: \(words[1])",
        place: model.path, advice: "run weft undo \(undoPath)")
    }
    Paths.removeFile(undoPath)
  }
}
