import ArgumentParser
import WeftKernels
import WeftNetworks

/// What computes networks where exactness comes first: the reference, unless something else is asked for.
typealias BackendOptions = ComputingOptions<ExactComputing>

/// What computes networks, and in which type.
struct ComputingOptions<Usual: UsualComputing>: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "What computes: \(Choice.allCases.map(\.rawValue).joined(separator: " or ")).",
      discussion: Choice.allCases.contains(.fast)
        ? "The reference is the judge; fast is many times as quick and differs by rounding." : "",
      valueName: "name"))
  var backend: Choice = Usual.backend

  @Option(
    name: .customLong("precision"),
    help: ArgumentHelp(
      "The type that is computed in: \(Precision.allCases.map(\.rawValue).joined(separator: " or ")) "
        + (Usual.precision == .f32
          ? "(default: f32)." : "(default: \(Usual.precision), but f32 for the reference)."),
      valueName: "type"))
  var givenPrecision: Precision?

  /// The type that is computed in.
  var precision: Precision { givenPrecision ?? (backend == .reference ? .f32 : Usual.precision) }

  @Option(
    help: ArgumentHelp(
      "What is in memory of a layer's weights: expand for their values, keep for what the file has.",
      discussion:
        "Kept ones, such as those of Q4_K, become values whenever their layer is computed: less memory, some more time.",
      valueName: "form"))
  var weights: Weights = .expand

  @Option(
    help: ArgumentHelp(
      "What --precision int8 needs to know of the model, as weft calibrate writes it.",
      valueName: "file"))
  var calibration: String?

  typealias Choice = BackendChoice
  typealias Precision = ComputingPrecision
  typealias Weights = WeightForm

  /// Whether anything was given.
  var isGiven: Bool {
    backend != Usual.backend || givenPrecision != nil || weights != .expand || calibration != nil
  }

  func validate() throws {
    if backend == .reference, precision != .f32 {
      throw ValidationError(
        "the reference backend computes in f32 alone: add --backend fast for \(precision)")
    }
    if (precision == .int8) != (calibration != nil) {
      throw ValidationError(
        precision == .int8
          ? "--precision int8 needs the --calibration that weft calibrate writes"
          : "--calibration is what --precision int8 needs")
    }
    if precision == .int8, weights == .keep {
      throw ValidationError("--weights keep leaves nothing to compute with integers")
    }
    _ = try Self.instructionSet()
  }

  /// What computes networks on so many threads.
  ///
  /// - Parameters:
  ///   - threads: from one up.
  ///   - network: the network that will be computed; nil for several.
  /// - Returns: the backend that was chosen.
  /// - Throws: when a library is missing, or the calibration is not this network's.
  func backend(threads: Int, for network: ComponentModel? = nil) throws -> any Backend {
    guard backend == .fast else { return try ReferenceBackend(threads: threads) }
    return try FastBackend(
      threads: threads, precision: precision.fast, inputMaxima: inputMaxima(network),
      Self.instructionSet())
  }

  /// What computes one of the networks of a picture: integers are for the network that was calibrated.
  func pictureBackend(threads: Int, for network: ComponentModel) throws -> any Backend {
    guard precision == .int8, network.kind.name != ComponentKind.unet.name else {
      return try backend(threads: threads, for: network)
    }
    return try FastBackend(threads: threads, precision: .bf16, Self.instructionSet())
  }

  /// The largest magnitudes that go into the layers that are to be computed with integers.
  private func inputMaxima(_ network: ComponentModel?) throws -> [String: Float] {
    guard let calibration else { return [:] }
    let known = try Int8Calibration.read(calibration)
    if let network { try known.check(network, path: calibration) }
    return known.layers.filter { $0.value.choice != .bf16 }.mapValues(\.inputMaximum)
  }

  /// The instructions that may be used.
  static func instructionSet() throws -> FastInstructionSet {
    guard let name = Environment.instructionSet else { return .best }
    guard let set = FastInstructionSet.named(name) else {
      throw ValidationError(
        "WEFT_ISA is '\(name)', but must be one of "
          + FastInstructionSet.allCases.map(\.name).joined(separator: ", "))
    }
    return min(set, .best)
  }
}
