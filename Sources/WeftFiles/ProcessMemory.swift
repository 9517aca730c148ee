#if canImport(Glibc)
  import Glibc
#endif

/// How much memory this process has held.
package enum ProcessMemory {
  /// The largest resident size since the process started, in bytes; nil when the system does not tell.
  ///
  /// `getrusage` would do, but its figure may be that of the program that started this one.
  package static var peakByteCount: Int? {
    let descriptor = open("/proc/self/status", O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    var bytes = [UInt8](repeating: 0, count: 8192)
    // In bounds: the array's own memory and size.
    let count = bytes.withUnsafeMutableBytes { read(descriptor, $0.baseAddress, $0.count) }
    guard count > 0, let text = String(validating: bytes[..<count], as: UTF8.self) else {
      return nil
    }
    let line = text.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
    let kibibytes = line?.split(whereSeparator: { $0 == " " || $0 == "\t" }).dropFirst().first
    return kibibytes.flatMap { Int($0) }.map { $0 * 1024 }
  }
}
