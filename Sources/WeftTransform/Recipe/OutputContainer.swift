package import WeftFiles

/// The containers that models are written in, by the words that users have for them.
package enum OutputContainer: String, Sendable, CaseIterable {
  case safetensors
  case wz = "safetensors.wz"
  case compressed = "safetensors.zst"
  case ckpt
  case diffusers
  case gguf

  /// What the files have inside.
  package var format: ContainerFormat {
    switch self {
    case .safetensors: .safetensors
    case .wz: .safetensorsWz
    case .compressed: .safetensorsZst
    case .ckpt: .torchZip
    case .diffusers: .diffusers
    case .gguf: .gguf
    }
  }

  /// What names say of the container.
  private static let suffixes: [(suffix: String, container: OutputContainer)] = [
    (".safetensors", .safetensors), (".safetensors.wz", .wz), (".safetensors.zst", .compressed),
    (".ckpt", .ckpt), (".pt", .ckpt), (".pth", .ckpt), (".bin", .ckpt), ("/", .diffusers),
    (".gguf", .gguf),
  ]

  /// The container that an output's name asks for, or nil.
  package init?(outputName name: String) {
    guard let known = Self.suffixes.first(where: { name.hasSuffix($0.suffix) }) else { return nil }
    self = known.container
  }

  /// The ending that outputs have when their names are not chosen.
  package var suffix: String { Self.suffixes.first { $0.container == self }?.suffix ?? "" }

  /// Whether tensors may be split over several files.
  package var hasShards: Bool { self == .safetensors || self == .diffusers }
}

extension OutputRecipe {
  /// Takes the container, and from the output's name what shards are called.
  package mutating func setContainer(_ container: OutputContainer, outputPath: String) {
    format = container.format
    let name = Paths.name(of: outputPath)
    stem = name.hasSuffix(".safetensors") ? String(name.dropLast(12)) : name
  }
}
