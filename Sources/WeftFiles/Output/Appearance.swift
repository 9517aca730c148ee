import Synchronization

#if canImport(Glibc)
  import Glibc
#endif

/// The moment in which outputs get their names: a signal waits for it, so that what it says of the outputs is true.
enum Appearance {
  private struct State {
    var isEnding = false
    var hasHappened = false
  }

  private static let state = Mutex(State())

  /// Gives outputs their names, all of them or none as far as signals go.
  static func perform(_ body: () throws(FileError) -> Void) throws(FileError) {
    try state.withLock { state throws(FileError) in
      // The program is about to end and has said that there is no output.
      while state.isEnding { pause() }
      try body()
      state.hasHappened = true
    }
  }

  /// Lets no output appear any more; gives whether one has.
  static func end() -> Bool {
    state.withLock { state in
      state.isEnding = true
      return state.hasHappened
    }
  }
}
