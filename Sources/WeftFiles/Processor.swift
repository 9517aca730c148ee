/// What the system tells of the processor.
package enum Processor {
  /// The model, such as `AMD EPYC 9R14`; nil when the system does not tell.
  package static var name: String? { value(of: "model name") }

  /// The instructions beyond the usual that networks are computed with, of those that it has, as Linux names them.
  package static var instructions: [String] {
    let found = Set(value(of: "flags")?.split(separator: " ").map(String.init) ?? [])
    return known.filter(found.contains)
  }

  /// The sizes of the caches for data from the first level up, in bytes.
  package static var caches: [(level: Int, byteCount: Int)] {
    (0..<indexLimit).compactMap { index in
      let folder = "/sys/devices/system/cpu/cpu0/cache/index\(index)"
      guard let level = word("\(folder)/level").flatMap({ Int($0) }),
        word("\(folder)/type") != "Instruction",
        let size = word("\(folder)/size").flatMap(byteCount)
      else { return nil }
      return (level, size)
    }
  }

  /// Vectors, fused sums, and products of small types.
  private static let known = [
    "avx2", "fma", "f16c", "avx512f", "avx512bw", "avx512dq", "avx512vl", "avx512_vnni",
    "avx512_bf16", "avx_vnni", "avx512_fp16", "amx_tile", "amx_bf16", "amx_int8", "sha_ni",
  ]
  private static let indexLimit = 8

  private static func value(of field: String) -> String? {
    let lines = systemText("/proc/cpuinfo")?.split(separator: "\n") ?? []
    guard let line = lines.first(where: { $0.hasPrefix(field) }),
      let colon = line.firstIndex(of: ":")
    else { return nil }
    return String(line[line.index(after: colon)...].drop { $0 == " " })
  }

  private static func word(_ path: String) -> String? {
    systemText(path).map { String($0.filter { !$0.isWhitespace }) }
  }

  /// A size such as `1024K`.
  private static func byteCount(_ text: String) -> Int? {
    let units: [Character: Int] = ["K": 1 << 10, "M": 1 << 20, "G": 1 << 30]
    guard let last = text.last, let unit = units[last] else { return Int(text) }
    return Int(text.dropLast()).map { $0 * unit }
  }
}
