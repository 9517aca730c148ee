import ArgumentParser
import WeftTensors
import WeftTransform

/// Where an adapter is written and in which type.
struct AdapterOutputOptions: ParsableArguments {
  @Option(
    name: .shortAndLong,
    help: ArgumentHelp("The output, a safetensors file.", valueName: "path"))
  var output: String

  @Option(help: ArgumentHelp("The type of the output: keep, f32, f16 or bf16.", valueName: "type"))
  var dtype: FormOptions.OutputType = .keep

  @Option(help: ArgumentHelp("Write a JSON report of the run.", valueName: "file"))
  var report: String?

  func validate() throws {
    guard output.hasSuffix(".safetensors") else {
      throw ValidationError("adapters are safetensors files: end \(output) in .safetensors")
    }
  }
}

/// How modules are named in an adapter.
struct NamingOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "How modules are named: kohya (default), kohya-diffusers or diffusers.",
      valueName: "naming"))
  var naming: String?

  /// The spelling.
  var spelling: String { naming ?? "kohya" }
}

extension FactoringMethod: ExpressibleByArgument {}
