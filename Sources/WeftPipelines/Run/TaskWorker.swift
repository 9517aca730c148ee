import WeftFiles
package import WeftFormats
import WeftTensors

/// Does tasks of a manifest, one after the other, and writes down what became of them.
///
/// A task is claimed while it is done. What its records say is done, and still there, is left alone.
package struct TaskWorker {
  private let manifest: Manifest
  private let library: FormatLibrary
  private let state: StateFolder
  private let options: WorkerOptions
  private var index: JournalIndex

  /// Prepares a worker; the folders of the outputs and of the state are made.
  package init(
    _ manifest: Manifest, library: FormatLibrary, options: WorkerOptions
  ) throws {
    self.manifest = manifest
    self.library = library
    self.options = options
    state = StateFolder(manifest.place.state, syncs: options.syncs)
    try state.prepare()
    index = state.index
  }

  /// Does a task, or gives nil when another worker has it.
  ///
  /// What goes wrong with the model or the outputs is in the outcome.
  ///
  /// - Throws: when the state cannot be read or written.
  package mutating func perform(
    _ task: ManifestTask, progress: @escaping @Sendable (Int) throws -> Void
  ) throws -> TaskOutcome? {
    guard let claim = try state.claim(task.id) else { return nil }
    // Only now nobody else adds records of the task.
    try index.refresh()
    let history = try index.history(of: task.id)
    return try withExtendedLifetime(claim) {
      try TaskRun(
        task, manifest: manifest, library: library, state: state, options: options,
        history: history, progress: progress
      ).perform()
    }
  }
}
