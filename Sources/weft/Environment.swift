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

  /// Where weft may keep what it can compute again; nil when the user has no home.
  ///
  /// Source: https://specifications.freedesktop.org/basedir-spec/0.8
  static var cacheFolder: String? {
    if let folder = text("XDG_CACHE_HOME"), folder.utf8.first == UInt8(ascii: "/") {
      return Paths.join(folder, "weft")
    }
    return text("HOME").map { Paths.join($0, ".cache/weft") }
  }

  /// The most that the fast backend may use of the processor, as `WEFT_ISA` names it; nil when that is not set.
  static var instructionSet: String? { text("WEFT_ISA") }

  /// The value of a variable that is set and not empty.
  static func text(_ name: String) -> String? {
    guard let value = getenv(name), value.pointee != 0 else { return nil }
    return String(cString: value)
  }

  /// The path of this program.
  static var programPath: String { Paths.resolved("/proc/self/exe") ?? "weft" }

  /// The number of processors that this process may use.
  static var processorCount: Int { max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN))) }

  /// The largest amount of memory that the process has held, in bytes.
  static var peakMemoryByteCount: Int { ProcessMemory.peakByteCount ?? 0 }
}
