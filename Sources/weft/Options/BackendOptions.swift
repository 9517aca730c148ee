import ArgumentParser
import WeftKernels

/// What computes networks, and in which type.
struct BackendOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "What computes: \(Choice.allCases.map(\.rawValue).joined(separator: " or ")).",
      discussion: Choice.allCases.contains(.fast)
        ? "The reference is the judge; fast is many times as quick and differs by rounding." : "",
      valueName: "name"))
  var backend: Choice = .reference

  @Option(
    help: ArgumentHelp(
      "The type that is computed in: \(Precision.allCases.map(\.rawValue).joined(separator: " or ")).",
      valueName: "type"))
  var precision: Precision = .f32

  @Option(
    help: ArgumentHelp(
      "What is in memory of a layer's weights: expand for their values, keep for what the file has.",
      discussion:
        "Kept ones, such as those of Q4_K, become values whenever their layer is computed: less memory, some more time.",
      valueName: "form"))
  var weights: Weights = .expand

  /// The values of `--weights`.
  enum Weights: String, ExpressibleByArgument, CaseIterable {
    case expand, keep
  }

  /// The values of `--backend`.
  enum Choice: String, ExpressibleByArgument, CaseIterable {
    case reference, fast

    /// Those that weft was built with.
    static var allCases: [Choice] { OneDNN.isBuilt ? [.reference, .fast] : [.reference] }
  }

  /// The values of `--precision`.
  enum Precision: String, ExpressibleByArgument, CaseIterable {
    case f32, bf16

    /// Those that a backend of this program computes in.
    static var allCases: [Precision] { OneDNN.isBuilt ? [.f32, .bf16] : [.f32] }
  }

  func validate() throws {
    if backend == .reference, precision != .f32 {
      throw ValidationError(
        "the reference backend computes in f32 alone: add --backend fast for \(precision)")
    }
    _ = try instructionSet()
  }

  /// What computes, on so many threads.
  func backend(threads: Int) throws -> any Backend {
    switch backend {
    case .reference: try ReferenceBackend(threads: threads)
    case .fast:
      try FastBackend(
        threads: threads, precision: precision == .f32 ? .f32 : .bf16, instructionSet())
    }
  }

  /// The instructions that may be used.
  private func instructionSet() throws -> FastInstructionSet {
    guard let name = Environment.instructionSet else { return .best }
    guard let set = FastInstructionSet.named(name) else {
      throw ValidationError(
        "WEFT_ISA is '\(name)', but must be one of "
          + FastInstructionSet.allCases.map(\.name).joined(separator: ", "))
    }
    return min(set, .best)
  }
}
