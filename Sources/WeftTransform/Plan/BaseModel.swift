package import WeftFiles
package import WeftFormats
package import WeftTensors

/// A model that was recognised: where each of its canonical tensors is stored.
package struct BaseModel: Sendable {
  /// A canonical tensor and the place of its values.
  package struct Stored: Sendable {
    /// The stored tensor, which may hold several canonical ones.
    package let tensor: Checkpoint.Tensor
    /// Where the values start, in elements.
    package let elementOffset: Int
    /// The canonical shape.
    package let shape: Shape
    /// Whether the file stores the transpose.
    package let isTransposed: Bool
  }

  /// The files.
  package let checkpoint: Checkpoint
  /// What they are.
  package let recognition: Recognition
  /// The canonical tensors.
  package let stored: [CanonicalName: Stored]

  /// Opens a model and refuses what is none.
  package static func open(_ path: String, library: FormatLibrary) throws -> BaseModel {
    let model = try openAnything(path, library: library)
    let models: Set<ModelKind> = [.checkpoint, .unet, .vae, .textEncoder, .controlnet]
    guard model.recognition.architecture != nil, models.contains(model.recognition.kind) else {
      throw TransformError.refused(
        "this is not a model that weft knows, but \(model.recognition.words)",
        at: path, advice: "see what was found with weft inspect")
    }
    return model
  }

  /// Opens a model, an adapter or any other file of tensors.
  package static func openAnything(_ path: String, library: FormatLibrary) throws -> BaseModel {
    let checkpoint = try Checkpoint.open(path).decoded(library)
    let recognition = try library.recognize(
      checkpoint.tensors.map(\.info), metadata: checkpoint.metadata, fitsAdapters: false)
    return BaseModel(checkpoint: checkpoint, recognition: recognition)
  }

  init(checkpoint: Checkpoint, recognition: Recognition) {
    self.checkpoint = checkpoint
    self.recognition = recognition
    var stored: [CanonicalName: Stored] = [:]
    for (tensor, binding) in zip(checkpoint.tensors, recognition.bindings) {
      var offset = 0
      for slice in binding.slices {
        stored[slice.name] = Stored(
          tensor: tensor, elementOffset: offset, shape: slice.shape,
          isTransposed: slice.step == .transpose)
        offset += slice.shape.checkedElementCount ?? 0
      }
    }
    self.stored = stored
  }
}

extension BaseModel {
  /// The architecture's name, for messages.
  package var architectureID: String { recognition.architecture?.id ?? "unknown" }

  /// The name that a tensor of a component has in a file of its own: one component alone has no prefix.
  func name(_ name: String, alone component: String, layout: String) -> String {
    guard let prefix = prefix(of: component, layout: layout), name.hasPrefix(prefix) else {
      return name
    }
    return String(name.dropFirst(prefix.count))
  }

  /// What the names of a component start with in a file of a whole model; nil when that is not known.
  package func prefix(of component: String, layout: String) -> String? {
    recognition.architecture?.prefix(of: component, layout: layout)
  }

  /// Why the parts cannot be of one model; nil when they can.
  ///
  /// A UNet takes as many features a token as its text encoders give together.
  var contradiction: String? {
    let encoders = recognition.dimensions.filter { $0.key.hasPrefix("text_encoder") }
    guard recognition.kind == .checkpoint, !encoders.isEmpty,
      case .integer(let taken)? = recognition.dimensions["unet"]?["context"]
    else { return nil }
    let given = encoders.values.reduce(0) { sum, dimensions in
      if case .integer(let width)? = dimensions["width"] { sum + width } else { sum }
    }
    return taken == given
      ? nil
      : "the UNet takes \(taken) features a token, but the text encoders "
        + "(\(encoders.keys.sorted().joined(separator: ", "))) give \(given)"
  }

  /// Every scheme's spelling of every module that the model really has.
  func aliases(library: FormatLibrary) throws -> AliasTable {
    guard let architecture = recognition.architecture else {
      throw TransformError.refused(
        "the architecture is not known", at: checkpoint.path, advice: "see weft inspect")
    }
    return try AliasTable(stored.keys.sorted(), architecture: architecture, library: library)
  }
}

extension BaseModel.Stored {
  /// The values as a matrix, `[shape[0], the rest]`, or its transpose; a vector is one row.
  package func block(transposed: Bool = false) -> StoredBlock {
    let count = shape.checkedElementCount ?? 0
    let rows = shape.rank > 1 ? shape.rowCount : 1
    let columns = rows == 0 ? 0 : count / rows
    return StoredBlock(
      tensor: tensor, elementOffset: elementOffset, rows: transposed ? columns : rows,
      columns: transposed ? rows : columns, isTransposed: isTransposed != transposed)
  }
}

extension Checkpoint.Tensor {
  /// A whole tensor as a matrix of so many rows.
  package func block(rows: Int) -> StoredBlock {
    StoredBlock(
      tensor: self, elementOffset: 0, rows: rows,
      columns: rows == 0 ? 0 : info.elementCount / rows, isTransposed: false)
  }
}
