#if canImport(Glibc)
  import Glibc
#endif

/// How much memory there is for this process.
package enum SystemMemory {
  /// The memory that can be taken without swapping, in bytes: what the machine has left, or less where a control group
  /// sets a limit; nil when the system does not tell.
  ///
  /// Source: https://docs.kernel.org/admin-guide/cgroup-v2.html
  package static var availableByteCount: Int? {
    let machine = field("MemAvailable:", in: "/proc/meminfo").map { $0 * 1024 }
    return ([machine] + groups.map(left)).compactMap(\.self).min()
  }

  /// The memory of the machine, in bytes; nil when the system does not tell.
  package static var totalByteCount: Int? {
    field("MemTotal:", in: "/proc/meminfo").map { $0 * 1024 }
  }

  /// The folders of the process's control group and of those around it.
  private static var groups: [String] {
    let line = systemText("/proc/self/cgroup")?.split(separator: "\n").first {
      $0.hasPrefix("0::/")
    }
    var names = line?.dropFirst("0::/".count).split(separator: "/") ?? []
    var folders = ["/sys/fs/cgroup"]
    while !names.isEmpty {
      folders.append("/sys/fs/cgroup/" + names.joined(separator: "/"))
      names.removeLast()
    }
    return folders
  }

  /// What a control group's limit leaves; the pages of files that it holds are given back when memory is short.
  private static func left(in group: String) -> Int? {
    guard let limit = number(in: "\(group)/memory.max"),
      let used = number(in: "\(group)/memory.current")
    else { return nil }
    let stat = "\(group)/memory.stat"
    let files = (field("inactive_file", in: stat) ?? 0) + (field("active_file", in: stat) ?? 0)
    return max(0, limit - max(0, used - files))
  }

  private static func number(in path: String) -> Int? {
    systemText(path).flatMap { Int($0.filter { !$0.isWhitespace }) }
  }

  /// The number after a name at the start of a line.
  private static func field(_ name: String, in path: String) -> Int? {
    let lines = systemText(path)?.split(separator: "\n") ?? []
    for line in lines {
      let words = line.split(whereSeparator: \.isWhitespace)
      if words.count > 1, words[0] == name { return Int(words[1]) }
    }
    return nil
  }
}

/// The text of a small file that the system makes; nil when there is none.
package func systemText(_ path: String) -> String? {
  let descriptor = open(path, O_RDONLY | O_CLOEXEC)
  guard descriptor >= 0 else { return nil }
  defer { close(descriptor) }
  var bytes = [UInt8](repeating: 0, count: 16384)
  // In bounds: the array's own memory and size.
  let count = bytes.withUnsafeMutableBytes { read(descriptor, $0.baseAddress, $0.count) }
  return count > 0 ? String(validating: bytes[..<count], as: UTF8.self) : nil
}
