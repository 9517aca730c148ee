import WeftFiles

#if canImport(Glibc)
  import Glibc
#endif

/// What the process was started with.
enum Environment {
  /// Whether the user wants no colours.
  ///
  /// Source: https://no-color.org
  static var forbidsColor: Bool {
    guard let value = getenv("NO_COLOR") else { return false }
    return value.pointee != 0
  }

  /// The number of processors that this process may use.
  static var processorCount: Int { max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN))) }

  /// The largest amount of memory that the process has held, in bytes.
  static var peakMemoryByteCount: Int { ProcessMemory.peakByteCount ?? 0 }
}
