import ArgumentParser
import WeftTransform

/// How a command that writes a model works; nothing here changes a byte of it.
struct WorkOptions: ParsableArguments {
  @Option(help: ArgumentHelp("The number of threads (default: all cores).", valueName: "n"))
  var threads: Int?

  @Flag(help: "Replace an existing output.")
  var force = false

  @Flag(help: "Leave it to the system when the output reaches the disk, as cp does.")
  var noSync = false

  @Flag(help: "Let NaN and infinite values through instead of refusing them.")
  var allowNonFinite = false

  func validate() throws {
    if let threads, !(1...1024).contains(threads) {
      throw ValidationError("--threads must be between 1 and 1024, not \(threads)")
    }
  }

  /// The options of the engine.
  var runOptions: RunOptions {
    var options = RunOptions(threads: threads ?? Environment.processorCount)
    options.replaces = force
    options.syncs = !noSync
    options.allowsNonFinite = allowNonFinite
    return options
  }
}
