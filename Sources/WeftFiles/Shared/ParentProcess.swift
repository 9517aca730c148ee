import CSystem

#if canImport(Glibc)
  import Glibc
#endif

/// The process that started this one.
package enum ParentProcess {
  /// From now on the system terminates this process when the one that started it is gone.
  package static func dieWithIt() {
    let parent = getppid()
    weft_terminate_with_parent()
    // It may have ended before the system was told.
    if getppid() != parent { kill(getpid(), SIGTERM) }
  }
}
