import ArgumentParser
import WeftFiles
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
  var to: OutputContainer?

  @Option(
    help: ArgumentHelp(
      "Split safetensors into files of at most this size, such as 5GB or 500MiB.",
      valueName: "size"))
  var maxShardSize: ByteCount?

  func validate() throws {
    guard let output else { return }
    guard let format else {
      throw ValidationError(
        "the name \(output) says no format: end it in .safetensors, .safetensors.wz, .safetensors.zst, "
          + ".gguf, .ckpt or / (a diffusers folder), or add --to")
    }
    if maxShardSize != nil, !format.hasShards {
      throw ValidationError("--max-shard-size is for safetensors files and diffusers folders")
    }
  }

  private var format: OutputContainer? {
    to ?? output.flatMap { OutputContainer(outputName: $0) }
  }

  /// Whether the output is compressed, so that it is written from front to back.
  var isCompressed: Bool { format?.format.isCompressed ?? false }

  /// Adds the container to a recipe.
  func apply(to recipe: inout OutputRecipe) {
    recipe.setContainer(format ?? .safetensors, outputPath: output ?? "")
    recipe.maximumShardByteCount = maxShardSize?.value
  }
}

extension OutputContainer: ExpressibleByArgument {}

/// A size with a unit, as `5GB` or `500MiB`.
struct ByteCount: ExpressibleByArgument {
  let value: Int

  private static let units: [(suffix: String, byteCount: Int)] = [
    ("kib", 1 << 10), ("mib", 1 << 20), ("gib", 1 << 30), ("tib", 1 << 40), ("kb", 1000),
    ("mb", 1_000_000), ("gb", 1_000_000_000), ("tb", 1_000_000_000_000), ("", 1),
  ]

  init?(argument: String) {
    let text = argument.lowercased()
    guard let unit = Self.units.first(where: { text.hasSuffix($0.suffix) }),
      let number = Double(text.dropLast(unit.suffix.count)), number > 0,
      let value = Int(exactly: (number * Double(unit.byteCount)).rounded(.down)), value > 0
    else { return nil }
    self.value = value
  }
}
