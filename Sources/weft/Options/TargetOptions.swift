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

extension ByteCount: ExpressibleByArgument {
  init?(argument: String) { self.init(argument) }
}
