import WeftFiles
import WeftKernels
import WeftTensors

extension Findings {
  /// The summary of `--json`.
  var json: JSONValue {
    .object([
      .init("processor", processor), .init("memory", memory),
      .init("libraries", .array(libraries.map(\.json))), .init("kernels", kernels),
      .init("rates", .array(rates.map(\.json))),
      .init("copy_bytes_per_second", .integer(Int(copyRate))),
      .init(
        "choice",
        .object([
          .init("backend", .string(choice.backend)), .init("precision", .string(choice.precision)),
          .init("reason", .string(choice.reason)),
        ])),
    ])
  }

  private var processor: JSONValue {
    .object([
      .init("name", Processor.name.map { .string($0) } ?? .null),
      .init("cores", .integer(Environment.processorCount)), .init("threads", .integer(threads)),
      .init("instructions", .array(Processor.instructions.map { .string($0) })),
      .init(
        "caches",
        .array(
          Processor.caches.map {
            .object([.init("level", .integer($0.level)), .init("bytes", .integer($0.byteCount))])
          })),
    ])
  }

  private var memory: JSONValue {
    .object([
      .init("total_bytes", SystemMemory.totalByteCount.map { .integer($0) } ?? .null),
      .init("available_bytes", SystemMemory.availableByteCount.map { .integer($0) } ?? .null),
    ])
  }

  private var kernels: JSONValue {
    .object([
      .init("files", .string(Kernels.best.name)),
      .init("codecs", .string("\(InstructionSet.best)")),
      .init("networks", .string("\(InstructionSet.best)")), .init("fast", .string(set.name)),
    ])
  }
}

extension Findings.Library {
  fileprivate var json: JSONValue {
    .object([
      .init("name", .string(name)), .init("version", version.map { .string($0) } ?? .null),
      .init("purpose", .string(purpose)),
    ])
  }
}

extension Findings.Rate {
  fileprivate var json: JSONValue {
    .object([
      .init("backend", .string(backend)), .init("precision", .string(precision)),
      .init("operations_per_second", .integer(Int(value))),
    ])
  }
}
