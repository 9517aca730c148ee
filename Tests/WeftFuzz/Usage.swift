#if canImport(Glibc)
  import Glibc
#endif

/// What a run has used up so far.
struct Usage {
  /// The time of the processor in this thread, in seconds; other programs do not count.
  let seconds: Double
  /// The largest resident size of the process, in bytes.
  let peakByteCount: Int

  /// Looks at the clock and the memory.
  static var now: Usage {
    var usage = rusage()
    getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
    var time = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return Usage(
      seconds: Double(time.tv_sec) + Double(time.tv_nsec) / 1e9,
      peakByteCount: usage.ru_maxrss * 1024)
  }
}
