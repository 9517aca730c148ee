import ArgumentParser

/// How many threads a command works with; the number never changes a result.
struct ThreadOptions: ParsableArguments {
  @Option(help: ArgumentHelp("The number of threads (default: all cores).", valueName: "n"))
  var threads: Int?

  func validate() throws {
    if let threads, !(1...1024).contains(threads) {
      throw ValidationError("--threads must be between 1 and 1024, not \(threads)")
    }
  }

  /// The number of threads.
  var count: Int { threads ?? Environment.processorCount }
}
