package import WeftFiles
package import WeftFormats
package import WeftTensors

/// What a file or folder is, from its headers alone.
package struct Inspection: Sendable {
  /// The files, with their tensors as they are stored.
  package let checkpoint: Checkpoint
  /// The tensors with the values that they stand for.
  package let values: Checkpoint
  /// Why the values of tensors in other forms cannot be told; nil when they can.
  package let fault: String?
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
    let (values, fault) = try values(of: checkpoint, library: library)
    // Names and shapes are those of the values: elements in half bytes have other ones.
    let infos = values.tensors.map(\.info)
    let recognition = try library.recognize(infos, metadata: checkpoint.metadata)
    let alarms = PickleAlarm.all(in: checkpoint, names: library.pickleNames)
    guard recognition.kind == .adapter else {
      return Inspection(
        checkpoint: checkpoint, values: values, fault: fault, recognition: recognition,
        adapter: nil, alarms: alarms)
    }
    let reading = AdapterReading(infos, metadata: checkpoint.metadata, library: library)
    return Inspection(
      checkpoint: checkpoint, values: values, fault: fault, recognition: recognition,
      adapter: try summary(
        reading, checkpoint: values, recognition: recognition, library: library),
      alarms: alarms)
  }

  /// The model with its values, or as it is stored with what is wrong with them: a look must not fail for that.
  private static func values(
    of checkpoint: Checkpoint, library: FormatLibrary
  ) throws -> (values: Checkpoint, fault: String?) {
    do {
      return (try checkpoint.decoded(library), nil)
    } catch let error as TransformError where error.status == .badData {
      return (checkpoint, error.what)
    }
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
    let forms = formCounts
    return .object([
      "path": .string(checkpoint.path),
      "format": .string(checkpoint.format.rawValue),
      "kind": .string(recognition.kind.rawValue),
      "architecture": .string(recognition.architecture?.id ?? "unknown"),
      "layout": .string(recognition.layout ?? "unknown"),
      "tensor_count": .integer(infos.count),
      "parameters": .integer(parameterCount),
      "bytes": .integer(checkpoint.byteCount),
      "dtypes": counts(dtypeCounts),
      "forms": forms.isEmpty ? nil : counts(forms),
      "fault": fault.map(JSONValue.string),
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

  /// The number of numbers that the model holds.
  package var parameterCount: Int { values.tensors.reduce(0) { $0 + $1.info.elementCount } }

  /// The number of tensors in each form that is not computed with, by its name: blocks, 8-bit floats, and small elements
  /// with scales beside them.
  package var formCounts: [String: Int] {
    values.tensors.reduce(into: [:]) { counts, tensor in
      if let stored = tensor.stored { counts[stored.form.name, default: 0] += 1 }
    }
  }

  /// The forms with scales in tensors beside the elements, which the types of the tensors do not tell: how many tensors
  /// are in each, and what it is in words.
  package var scaledForms: [(count: Int, name: String, title: String?)] {
    var titles: [String: String?] = [:]
    for tensor in values.tensors {
      switch tensor.stored?.form {
      case .scaled(let format): titles[format.id] = format.title
      case .readOnly(let name): titles[name] = .some(nil)
      default: break
      }
    }
    let counts = formCounts
    return titles.sorted { $0.key < $1.key }.map { (counts[$0.key] ?? 0, $0.key, $0.value) }
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
