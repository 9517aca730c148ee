import ArgumentParser
import WeftTensors

/// Says what the machine offers.
struct DoctorCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "doctor",
    abstract: "Say what this machine offers, how quickly it computes, and what is missing.",
    discussion: """
      Shows the processor's instructions and caches, the memory, the libraries that are found at run time, the kernels that \
      are used, and measured rates of matrix products and copies, in about three seconds. WEFT_ISA limits the fast \
      backend's instructions.
      """)

  @OptionGroup var threadOptions: ThreadOptions
  @OptionGroup(title: "Talk") var talk: TalkOptions

  func run() throws {
    let set = try BackendOptions.instructionSet()
    let findings = try Findings(threads: threadOptions.count, set)
    Console.printResult(talk.json ? findings.json.compactText : DoctorText.text(findings))
  }
}
