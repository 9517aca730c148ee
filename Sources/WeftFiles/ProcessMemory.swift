/// How much memory this process has held.
package enum ProcessMemory {
  /// The largest resident size since the process started, in bytes; nil when the system does not tell.
  ///
  /// `getrusage` would do, but its figure may be that of the program that started this one.
  package static var peakByteCount: Int? {
    let lines = systemText("/proc/self/status")?.split(separator: "\n") ?? []
    let line = lines.first { $0.hasPrefix("VmHWM:") }
    let kibibytes = line?.split(whereSeparator: \.isWhitespace).dropFirst().first
    return kibibytes.flatMap { Int($0) }.map { $0 * 1024 }
  }
}
