import ArgumentParser
import WeftTransform

/// How a command that writes a model works; nothing here changes a byte of it.
struct WorkOptions: ParsableArguments {
  @OptionGroup var threadOptions: ThreadOptions

  @Flag(help: "Replace an existing output.")
  var force = false

  @Flag(help: "Leave it to the system when the output reaches the disk, as cp does.")
  var noSync = false

  @Flag(help: "Let NaN and infinite values through instead of refusing them.")
  var allowNonFinite = false

  /// The options of the engine.
  var runOptions: RunOptions {
    var options = RunOptions(threads: threadOptions.count)
    options.replaces = force
    options.syncs = !noSync
    options.allowsNonFinite = allowNonFinite
    return options
  }
}
