import ArgumentParser
import WeftFiles
import WeftTensors
import WeftTransform

/// Where a model is written and in which container.
struct TargetOptions: ParsableArguments {
  @Option(
    name: .shortAndLong,
    help: ArgumentHelp(
      "The output. Its name says the format: .safetensors, .safetensors.wz, .safetensors.zst, .gguf, "
        + ".ckpt, .pt or .pth; a name that ends in / is a diffusers folder.", valueName: "path"))
  var output: String?

  @Option(
    help: ArgumentHelp(
      "The format, whatever the name: safetensors, safetensors.wz, safetensors.zst, gguf, ckpt or "
        + "diffusers.",
      valueName: "format"))
  var to: Format?

  @Option(
    help: ArgumentHelp(
      "Split safetensors into files of at most this size, such as 5GB or 500MiB.",
      valueName: "size"))
  var maxShardSize: ByteCount?

  /// The values of `--to`.
  enum Format: String, ExpressibleByArgument, CaseIterable {
    case safetensors
    case wz = "safetensors.wz"
    case compressed = "safetensors.zst"
    case ckpt
    case diffusers
    case gguf

    var container: ContainerFormat {
      switch self {
      case .safetensors: .safetensors
      case .wz: .safetensorsWz
      case .compressed: .safetensorsZst
      case .ckpt: .torchZip
      case .diffusers: .diffusers
      case .gguf: .gguf
      }
    }
  }

  /// What names say of the format.
  private static let suffixes: [(suffix: String, format: Format)] = [
    (".safetensors", .safetensors), (".safetensors.wz", .wz), (".safetensors.zst", .compressed),
    (".ckpt", .ckpt), (".pt", .ckpt), (".pth", .ckpt), (".bin", .ckpt), ("/", .diffusers),
    (".gguf", .gguf),
  ]

  func validate() throws {
    guard let output else { return }
    guard let format else {
      throw ValidationError(
        "the name \(output) says no format: end it in .safetensors, .safetensors.wz, .safetensors.zst, "
          + ".gguf, .ckpt or / (a diffusers folder), or add --to")
    }
    if maxShardSize != nil, format != .safetensors, format != .diffusers {
      throw ValidationError("--max-shard-size is for safetensors files and diffusers folders")
    }
  }

  private var format: Format? {
    to ?? Self.suffixes.first { suffix, _ in output?.hasSuffix(suffix) ?? false }?.format
  }

  /// Whether the output is compressed, so that it is written from front to back.
  var isCompressed: Bool { format?.container.isCompressed ?? false }

  /// Adds the container to a recipe.
  func apply(to recipe: inout OutputRecipe) {
    recipe.format = format?.container ?? .safetensors
    recipe.maximumShardByteCount = maxShardSize?.value
    let name = Paths.name(of: output ?? "")
    recipe.stem = name.hasSuffix(".safetensors") ? String(name.dropLast(12)) : name
  }
}

extension ByteCount: ExpressibleByArgument {
  init?(argument: String) { self.init(argument) }
}
