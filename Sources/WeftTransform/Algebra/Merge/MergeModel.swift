import WeftFiles
import WeftFormats
import WeftTensors

/// The model that adapters are for: the user's own, or a blank one of the architecture that they fit.
struct MergeModel {
  let base: BaseModel
  let architecture: Architecture

  static func open(
    _ path: String?, for sources: [AdapterSource], library: FormatLibrary
  ) throws -> MergeModel {
    if let path {
      let base = try BaseModel.open(path, library: library)
      if let architecture = base.recognition.architecture {
        return MergeModel(base: base, architecture: architecture)
      }
    }
    let architecture = try architecture(of: sources, library: library)
    return MergeModel(base: try .blank(architecture), architecture: architecture)
  }

  /// The architecture that most modules of all adapters fit.
  private static func architecture(
    of sources: [AdapterSource], library: FormatLibrary
  ) throws -> Architecture {
    var counts: [String: (named: Int, shaped: Int)] = [:]
    for part in sources.flatMap(\.parts) {
      for fit in try library.fits(of: part.reading, part.checkpoint.tensors.map(\.info)) {
        counts[fit.architecture.id, default: (0, 0)].named += fit.named
        counts[fit.architecture.id, default: (0, 0)].shaped += fit.shaped
      }
    }
    let known = library.architectures.filter { (counts[$0.id]?.named ?? 0) > 0 }
    let best = known.enumerated().max { one, other in
      let (a, b) = (counts[one.element.id] ?? (0, 0), counts[other.element.id] ?? (0, 0))
      // Of equals the first: a ResAdapter fits SD2.x in name and shape, but was made for SD1.5.
      return (a.named, a.shaped, other.offset) < (b.named, b.shaped, one.offset)
    }
    if let best { return best.element }
    throw TransformError.refused(
      "the adapters' modules fit no known architecture",
      at: sources.map(\.request.path).joined(separator: ", "),
      advice: "give the model that they are for with --base")
  }
}
