package import WeftFiles
package import WeftFormats
package import WeftTensors

/// What a file or folder is, from its headers alone.
package struct Inspection: Sendable {
  /// The files.
  package let checkpoint: Checkpoint
  /// What they are.
  package let recognition: Recognition
  /// What an adapter changes; nil for other kinds.
  package let adapter: AdapterSummary?
  /// What pickles of the files name that speaks against loading them elsewhere.
  package let alarms: [PickleAlarm]

  /// What the modules of an adapter are, counted.
  package struct AdapterSummary: Sendable {
    /// Modules by family; the norms of a ResAdapter count as "norm".
    package var families: [String: Int] = [:]
    /// Modules by rank.
    package var ranks: [String: Int] = [:]
    /// Modules by scale, alpha over rank.
    package var scales: [String: Int] = [:]
    /// Tensors that belong to no module.
    package var leftoverCount = 0
    /// Whether this is a ResAdapter, or half of one.
    package var isResAdapter = false
    /// The architectures that all modules' names fit.
    package var fits: [String] = []
  }

  /// Looks at a model, an adapter, or the folder of either.
  package static func of(_ path: String, library: FormatLibrary) throws -> Inspection {
    let checkpoint = try Checkpoint.open(path)
    let infos = checkpoint.tensors.map(\.info)
    let recognition = try library.recognize(infos, metadata: checkpoint.metadata)
    let alarms = PickleAlarm.all(in: checkpoint, names: library.pickleNames)
    guard recognition.kind == .adapter else {
      return Inspection(
        checkpoint: checkpoint, recognition: recognition, adapter: nil, alarms: alarms)
    }
    let reading = AdapterReading(infos, metadata: checkpoint.metadata, library: library)
    return Inspection(
      checkpoint: checkpoint, recognition: recognition,
      adapter: try summary(
        reading, checkpoint: checkpoint, recognition: recognition, library: library),
      alarms: alarms)
  }

  private static func summary(
    _ reading: AdapterReading, checkpoint: Checkpoint, recognition: Recognition,
    library: FormatLibrary
  ) throws -> AdapterSummary {
    var summary = AdapterSummary()
    summary.leftoverCount = reading.leftovers.count
    summary.isResAdapter = reading.modules.contains { $0.family.id == ResAdapterNorm.family }
    summary.fits = recognition.candidates
    for module in reading.modules {
      let isNorm = module.family.id == ResAdapterNorm.family
      summary.families[isNorm ? "norm" : module.family.id, default: 0] += 1
      guard let down = module.tensors["down"] else { continue }
      let rank = checkpoint.tensors[down].info.shape.rowCount
      summary.ranks[String(rank), default: 0] += 1
      let scale = try module.tensors["alpha"].map {
        try checkpoint.tensors[$0].scalar() / Double(max(1, rank))
      }
      // PEFT keeps alpha in a file of its own.
      let isElsewhere = scale == nil && AdapterConfigs.isPEFTs(module.stem)
      let text = isElsewhere ? "unknown" : JSONValue.number(scale ?? 1).compactText
      summary.scales[text, default: 0] += 1
    }
    return summary
  }
}

extension Inspection {
  /// The inspection as JSON; the tensors only when asked for.
  package func json(listingTensors: Bool) -> JSONValue {
    let infos = checkpoint.tensors.map(\.info)
    return .object([
      "path": .string(checkpoint.path),
      "format": .string(checkpoint.format.rawValue),
      "kind": .string(recognition.kind.rawValue),
      "architecture": .string(recognition.architecture?.id ?? "unknown"),
      "layout": .string(recognition.layout ?? "unknown"),
      "tensor_count": .integer(infos.count),
      "parameters": .integer(infos.reduce(0) { $0 + $1.elementCount }),
      "bytes": .integer(checkpoint.byteCount),
      "dtypes": counts(dtypeCounts),
      "metadata": .object(
        checkpoint.metadata.sorted { $0.key < $1.key }.map {
          JSONValue.Member($0.key, .string($0.value))
        }),
      "evidence": .strings(recognition.evidence),
      "globals": .array(alarms.map(\.json)),
      "adapter": adapter.map { summary in
        .object([
          "families": counts(summary.families), "ranks": counts(summary.ranks),
          "scales": counts(summary.scales), "resadapter": .bool(summary.isResAdapter),
          "fits": .strings(summary.fits),
        ])
      },
      "tensors": listingTensors ? .array(infos.map(tensorValue)) : nil,
    ])
  }

  /// The number of tensors of each type, by the type's code.
  package var dtypeCounts: [String: Int] {
    checkpoint.tensors.reduce(into: [:]) { $0[$1.info.dtype.rawValue, default: 0] += 1 }
  }

  private func counts(_ counts: [String: Int]) -> JSONValue {
    .object(counts.sorted { $0.key < $1.key }.map { JSONValue.Member($0.key, .integer($0.value)) })
  }

  private func tensorValue(_ info: TensorInfo) -> JSONValue {
    .object([
      "name": .string(info.name), "dtype": .string(info.dtype.rawValue),
      "shape": .array(info.shape.dimensions.map(JSONValue.integer)),
      "bytes": .integer(info.byteCount),
    ])
  }
}
