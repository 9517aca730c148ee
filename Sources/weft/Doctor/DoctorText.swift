import WeftFiles
import WeftKernels
import WeftTensors

/// What `weft doctor` says to people.
enum DoctorText {
  static func text(_ findings: Findings) -> String {
    let lines =
      [
        ("processor", processor(findings)), ("instructions", instructions),
        ("caches", caches), ("memory", memory),
      ] + findings.libraries.map { ($0.name, library($0)) } + [
        ("kernels", kernels(findings)),
        ("copy", "\(HumanText.bytes(Int(findings.copyRate)))/s"),
      ] + findings.rates.map { ("\($0.backend) \($0.precision)", rate($0)) } + [
        ("best", best(findings.choice))
      ]
    return lines.map { row($0.0, $0.1) }.joined(separator: "\n")
  }

  private static func row(_ name: String, _ value: String) -> String {
    name + String(repeating: " ", count: max(1, 16 - name.count)) + printable(value)
  }

  private static func processor(_ findings: Findings) -> String {
    "\(Processor.name ?? "unknown"), "
      + HumanText.count(Environment.processorCount, "core") + ", "
      + HumanText.count(findings.threads, "thread")
  }

  private static var instructions: String {
    let found = Processor.instructions
    return found.isEmpty ? "none of those that are used" : found.joined(separator: " ")
  }

  private static var caches: String {
    Processor.caches.map { "L\($0.level) \(kibibytes($0.byteCount))" }.joined(separator: ", ")
  }

  private static var memory: String {
    let total = SystemMemory.totalByteCount.map(HumanText.bytes) ?? "unknown"
    let available = SystemMemory.availableByteCount.map(HumanText.bytes) ?? "unknown"
    return "\(total), \(available) available"
  }

  private static func library(_ library: Findings.Library) -> String {
    "\(library.version ?? "MISSING: \(library.advice)") (\(library.purpose))"
  }

  private static func kernels(_ findings: Findings) -> String {
    "files \(Kernels.best.name), codecs and networks \(InstructionSet.best), fast \(findings.set.name)"
  }

  private static func rate(_ rate: Findings.Rate) -> String {
    "\(Int((rate.value / 1e9).rounded())) GFLOP/s"
  }

  private static func best(_ choice: Findings.Choice) -> String {
    "--backend \(choice.backend) --precision \(choice.precision): \(choice.reason)"
  }

  private static func kibibytes(_ byteCount: Int) -> String {
    byteCount < 1 << 20 ? "\(byteCount >> 10) KiB" : "\(byteCount >> 20) MiB"
  }
}
