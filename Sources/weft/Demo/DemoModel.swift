import WeftFiles
import WeftFormats
import WeftKernels
import WeftTensors
import WeftTransform

/// A small complete Stable Diffusion 1.5: the true blocks and every true key, with few channels.
///
/// The weights follow the rule `weft-hash-v1`: a tensor's values depend on its name alone.
struct DemoModel {
  static let architecture = "sd15"
  /// What tells its weights from those of other hashed files.
  static let tag = "demo"
  /// The widths; everything else is the real model's.
  static let dimensions: [String: Dimensions] = [
    "unet": ["channels": .list([32, 64, 128, 128]), "context": .integer(32)],
    "vae": ["channels": .list([32, 64, 128, 128])],
    "text_encoder": ["width": .integer(32)],
  ]

  let architecture: Architecture
  /// The canonical tensors.
  let tensors: [SchemaTensor]

  init(library: FormatLibrary) throws {
    guard let architecture = library.architecture(Self.architecture) else {
      throw DemoError(what: "the architecture \(Self.architecture) is not in the library")
    }
    self.architecture = architecture
    tensors = try architecture.expanded(Self.dimensions)
  }

  /// Writes the model as one LDM file of F16 tensors.
  func write(to path: String, work: RunOptions) throws {
    let arrangement = try architecture.arrange(
      tensors.map { (name: $0.name, shape: $0.shape) }, layout: "ldm")
    try HashedFile.write(
      try arrangement.tensors.map { tensor in
        switch tensor.content {
        case .slices(let slices):
          try HashedFile.Tensor(
            tensor.name, tensor.shape, .f16, tag: Self.tag,
            seed: slices[0].name.description)
        case .range: try HashedFile.Tensor(range: tensor.name, tensor.shape)
        case .fill:
          try HashedFile.Tensor(tensor.name, tensor.shape, .f32, tag: Self.tag, seed: tensor.name)
        }
      }, to: path, options: work)
  }
}

/// A failure of the demonstration itself.
struct DemoError: ActionableError {
  let what: String
  var status: ExitStatus { .bug }
  var place: String? { nil }
  var advice: String { "please report this" }
}
