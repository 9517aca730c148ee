import WeftKernels
import WeftNetworks
import WeftTensors

/// What came of a run of a network.
struct ForwardResult {
  let outputs: [NamedTensor]
  /// The architecture; nil when it is not known.
  let architecture: String?
  /// Where what the weights do not tell was found.
  let configuration: NetworkConfiguration.Origin
  let need: MemoryNeed
  let loadSeconds: Double
  /// How long each run took.
  let runSeconds: [Double]
  /// The most memory that activations held at one time, in bytes.
  let activationByteCount: Int
  /// What the time of the last run went to; nil when nobody asked.
  let profile: [(name: String, entry: OperationProfile.Entry)]?

  /// The summary of `--json`.
  func json(command: ForwardCommand, peak: Int) -> JSONValue {
    .object(
      members(command: command, peak: peak) + (profileJSON.map { [.init("profile", $0)] } ?? []))
  }

  private func members(command: ForwardCommand, peak: Int) -> [JSONValue.Member] {
    [
      .init("output", .string(command.output)),
      .init("component", .string(command.component)),
      .init("architecture", .string(architecture ?? "unknown")),
      .init("configuration", .string(configuration.rawValue)),
      .init("backend", .string(command.computing.backend.rawValue)),
      .init("precision", .string(command.computing.precision.rawValue)),
      .init(
        "tensors",
        .array(
          outputs.map { output in
            .object([
              .init("name", .string(output.name)),
              .init("shape", .array(output.tensor.shape.dimensions.map { .integer($0) })),
            ])
          })),
      .init("weight_bytes", .integer(need.weightByteCount)),
      .init("activation_bytes", .integer(activationByteCount)),
      .init("load_seconds", Self.rounded(loadSeconds)),
      .init("run_seconds", .array(runSeconds.map(Self.rounded))),
      .init("peak_memory_bytes", .integer(peak)),
    ]
  }

  private static func rounded(_ seconds: Double) -> JSONValue {
    .number((seconds * 10000).rounded() / 10000)
  }
}
