import WeftFiles
import WeftFormats
import WeftTensors

/// Finds the tensors that are stored as small elements with scales beside them, and what belongs to each.
struct ScaledFinder {
  let checkpoint: Checkpoint
  let library: FormatLibrary

  /// A stored group of tensors, and the values that it stands for.
  struct Finding {
    let decoded: Checkpoint.Tensor
    /// The names of the stored tensors that are parts of it.
    let names: Set<String>
  }

  /// What says something of a layer beside its weight and does not depend on the weight.
  private static let companions = ["{stem}.input_scale", "{stem}.scale_input"]

  /// The findings by the place of the elements among the tensors.
  func findings() throws -> [Int: Finding] {
    let layers = try LayerNotes(checkpoint)
    var found: [Int: Finding] = [:]
    for (index, tensor) in checkpoint.tensors.enumerated() {
      guard let owner = owner(of: tensor) else { continue }
      found[index] = try finding(tensor, name: owner.name, owner.format, layers)
    }
    try refuseMissingScales(found, layers)
    return found
  }

  /// The name of the values and the format whose tensor of elements this is.
  private func owner(of tensor: Checkpoint.Tensor) -> (name: String, format: ScaledFormat)? {
    for format in library.scaledFormats where format.elementDType == tensor.info.dtype {
      guard let name = format.owner(of: tensor.info.name),
        let scales = checkpoint[ScaledFormat.name(format.scaleName, of: name)],
        scales.info.name != tensor.info.name, mayBeScales(scales.info.dtype, of: name, format),
        format.distinction.allSatisfy({ checkpoint[ScaledFormat.name($0, of: name)] != nil })
      else { continue }
      return (name, format)
    }
    return nil
  }

  /// Whether a tensor of a type can hold the scales of a format; bytes can where they are quantised themselves.
  private func mayBeScales(_ dtype: DType, of name: String, _ format: ScaledFormat) -> Bool {
    format.mayHaveScales(of: dtype)
      || (dtype == .u8
        && checkpoint[ScaledFormat.name(ScaledReading.nestedScales, of: name)] != nil)
  }

  private func finding(
    _ tensor: Checkpoint.Tensor, name: String, _ format: ScaledFormat, _ layers: LayerNotes
  ) throws -> Finding {
    let reading = ScaledReading(
      checkpoint: checkpoint, tensor: tensor, name: name, format: format,
      note: try layers.note(of: name), library: library)
    let (decoder, shape, form) = try reading.decoder()
    guard let info = TensorInfo(name: name, dtype: .f32, shape: shape) else {
      throw TransformError.badData(
        "the size of \(name) overflows", at: tensor.source.path, advice: "use a sound model")
    }
    var parts = [StoredForm.Part(tensor, template: format.elementName)]
    parts += reading.partTemplates.compactMap { template in
      checkpoint[ScaledFormat.name(template, of: name)].map {
        StoredForm.Part($0, template: template)
      }
    }
    parts += Self.companions.compactMap { template in
      checkpoint[ScaledFormat.name(template, of: name)].map {
        StoredForm.Part($0, template: template, isCompanion: true)
      }
    }
    let source = DecodedSource(decoder, stored: StoredForm(form, parts: parts))
    return Finding(
      decoded: Checkpoint.Tensor(info: info, source: source, offset: 0),
      names: Set(parts.dropFirst().map(\.tensor.info.name)))
  }

  /// A model with scales must have them all: one that is missing must never count as 1.
  private func refuseMissingScales(_ found: [Int: Finding], _ layers: LayerNotes) throws {
    let elements = Set(found.keys.map { checkpoint.tensors[$0].info.dtype })
    for (index, tensor) in checkpoint.tensors.enumerated() where found[index] == nil {
      guard tensor.info.shape.rank > 1, isNamedAsElements(tensor.info.name) else { continue }
      let dtype = tensor.info.dtype
      let isSmallFloat = dtype.kind == .float && dtype.byteWidth == 1
      let lacksScale =
        isSmallFloat
        ? !found.isEmpty || layers.hasMarker
        : (dtype == .i8 || dtype == .u8)
          && (elements.contains(dtype) || hasCompanions(tensor.info.name))
      guard try lacksScale || layers.note(of: tensor.info.name) != nil else { continue }
      throw TransformError.badData(
        "\(tensor.info.name) is \(dtype.rawValue) and its scale is missing",
        at: tensor.source.path,
        advice: "use a complete model: without the scale the values are unknown")
    }
  }

  private func isNamedAsElements(_ name: String) -> Bool {
    name.hasSuffix(".weight") || name.hasSuffix("_blocks")
  }

  /// Whether anything lies beside a tensor that only formats with scales have.
  private func hasCompanions(_ name: String) -> Bool {
    library.scaledFormats.contains { format in
      ([format.bookName, format.zeroName, format.wholeScaleName].compactMap(\.self)
        + format.texts.map(\.name)).contains {
          checkpoint[ScaledFormat.name($0, of: name)] != nil
        }
    }
  }
}

extension ScaledFormat {
  /// The name of the values whose elements a tensor holds; nil when its name is no such.
  fileprivate func owner(of name: String) -> String? {
    let suffix = elementName.dropFirst("{name}".count)
    guard name.hasSuffix(suffix) else { return nil }
    let owner = String(name.dropLast(suffix.count))
    // Other tensors of a layer share its stem.
    return scaleName.hasPrefix("{stem}") && !owner.hasSuffix(".weight") ? nil : owner
  }

  /// Whether scales may be of a type: floats of any width, and powers of two under either name.
  fileprivate func mayHaveScales(of dtype: DType) -> Bool {
    scaleDType.isComputable
      ? dtype.isComputable : dtype == scaleDType || (scaleDType == .u8 && dtype == .f8e8m0)
  }

  /// The names that tell the format from others with the same elements and scales.
  fileprivate var distinction: [String] {
    guard case .nibble = element else { return [] }
    return [wholeScaleName].compactMap(\.self) + (bookName == nil ? [] : texts.map(\.name))
  }
}
