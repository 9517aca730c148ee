import Synchronization
import WeftFiles
import WeftFormats
import WeftPipelines
import WeftTensors

/// A worker of `weft pipeline run`: it takes the numbers of tasks from standard input and says on standard output what became
/// of them.
struct WorkerLoop {
  let manifest: String
  let options: WorkerOptions
  let library: FormatLibrary

  /// Works until there are no more numbers, or the process that gives them is gone.
  func run() {
    do {
      let file = try ManifestFile.open(manifest, library: library)
      var worker = try TaskWorker(file.manifest, library: library, options: options)
      let offsets = try file.offsets()
      while let line = readLine() {
        guard let index = Int(line), offsets.indices.contains(index) else { continue }
        let meter = ProgressMeter()
        let outcome = try worker.perform(
          try file.task(index, at: offsets[index]), progress: meter.add)
        meter.flush()
        say(outcome.map(WorkerMessage.done) ?? .held)
      }
    } catch let error as any ActionableError {
      say(.trouble(error.status, error.description))
    } catch {
      say(.trouble(.bug, "an error that weft does not know"))
    }
  }
}

private func say(_ message: WorkerMessage) { Console.printResult(message.line) }

/// Collects progress, so that it is said a few times a second.
private final class ProgressMeter: Sendable {
  private struct State {
    var count = 0
    var last = ContinuousClock.now
  }

  private static let interval = Duration.milliseconds(200)
  private let state = Mutex(State())

  func add(_ count: Int) {
    state.withLock { state in
      state.count += count
      let now = ContinuousClock.now
      guard now - state.last >= Self.interval else { return }
      say(.progress(state.count))
      state = State()
    }
  }

  func flush() {
    state.withLock { state in
      if state.count > 0 { say(.progress(state.count)) }
      state.count = 0
    }
  }
}
