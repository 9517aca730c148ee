import ArgumentParser
import WeftTensors

/// The root of the command line.
struct Weft: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "weft",
    abstract:
      "Fuse adapters into Stable Diffusion models, convert and quantise models, exactly, and prove it.",
    discussion: """
      Reads safetensors files, .safetensors.wz and .safetensors.zst, GGUF, torch checkpoints, shards and diffusers folders. Exit codes: 0 done, \
      1 the answer is no, 2 refused before writing, 64 usage, 65 bad data, 66 missing input, 73 output exists, 74 I/O error, 75 worth a retry.
      """,
    version: Version.text,
    groupedSubcommands: [
      CommandGroup(
        name: "Look",
        subcommands: [
          InspectCommand.self, ScanCommand.self, HashCommand.self, DiffCommand.self,
          RecipeCommand.self, TokenizeCommand.self, DoctorCommand.self,
        ]),
      CommandGroup(
        name: "Make",
        subcommands: [
          FuseCommand.self, MergeCommand.self, UndoCommand.self, ConvertCommand.self,
          QuantizeCommand.self, CalibrateCommand.self,
        ]),
      CommandGroup(
        name: "Adapters",
        subcommands: [ExtractCommand.self, ResizeCommand.self, AdapterCommand.self]),
      CommandGroup(name: "Prove", subcommands: [VerifyCommand.self, ForwardCommand.self]),
      CommandGroup(
        name: "Pictures",
        subcommands: [
          Txt2ImgCommand.self, Img2ImgCommand.self, InpaintCommand.self, GridCommand.self,
        ]),
      CommandGroup(name: "Many models", subcommands: [PipelineCommand.self, JobCommand.self]),
      CommandGroup(name: "Try", subcommands: [DemoCommand.self]),
    ])
}

/// The version of the program.
enum Version {
  /// The version that `--version` prints.
  static let text = "0.1.0"
}
