import ArgumentParser
import WeftTensors
import WeftTransform

/// The options that decide the form of a model's tensors, for every command that writes or proves one.
struct FormOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp("The type of the output: keep, f32, f16 or bf16.", valueName: "type"))
  var dtype: OutputType = .keep

  @Option(
    help: ArgumentHelp("The layout of the output: keep, ldm or diffusers.", valueName: "layout"))
  var layout: OutputLayout = .keep

  @Option(help: ArgumentHelp("A model whose VAE replaces the input's.", valueName: "file"))
  var vae: String?

  @Option(
    parsing: .singleValue,
    help: ArgumentHelp(
      "Tensors that may stay unmatched; may be given again.", valueName: "glob"))
  var allowUnmatched: [String] = []

  /// The values of `--dtype`.
  enum OutputType: String, ExpressibleByArgument, CaseIterable {
    case keep, f32, f16, bf16

    var dtype: DType? {
      switch self {
      case .keep: nil
      case .f32: .f32
      case .f16: .f16
      case .bf16: .bf16
      }
    }
  }

  /// The values of `--layout`.
  enum OutputLayout: String, ExpressibleByArgument, CaseIterable {
    case keep, ldm, diffusers
  }

  /// The form as a recipe.
  var recipe: OutputRecipe {
    var recipe = OutputRecipe()
    recipe.dtype = dtype.dtype
    recipe.layout = layout == .keep ? nil : layout.rawValue
    recipe.vaePath = vae
    recipe.allowedUnmatched = allowUnmatched
    return recipe
  }
}
