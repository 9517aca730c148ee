import ArgumentParser
import WeftTransform

/// The options that decide the values of a fused model: those of `fuse`, which `verify` takes too.
struct RecipeOptions: ParsableArguments {
  @Option(
    name: .long, parsing: .singleValue,
    help: ArgumentHelp(
      "An adapter's file or folder and how strongly it is fused; may be given again.",
      discussion: """
        SCALE is a number, pairs such as unet=0.8,te=0.5,norm=1, or a number and pairs. A ResAdapter is given by \
        its folder (both halves) or by either file alone; SCALE multiplies its low-rank half, norm= weights its norms.

        lbw= weights the model's blocks: a preset (NONE, ALL, INS, IND, INALL, MIDD, OUTD, OUTS, OUTALL, ALL0.5) or a \
        list of 17 or 26 numbers (SDXL: 12, 20 or 26), as in PATH:0.8,lbw=1,0,0,0.5,... The first is for the text \
        encoders. lbw-rest= is the weight of the blocks that a list leaves out; lbw-resadapter=1 weights a \
        ResAdapter, too.
        """, valueName: "path[:scale]"))
  var adapter: [String] = []

  @OptionGroup var norms: NormOptions

  @Option(
    help: ArgumentHelp("The model that T-LoRA adapters were trained on.", valueName: "file"))
  var tloraBase: String?

  @Option(
    help: ArgumentHelp("What an alpha of 0 means: refuse, rank or zero.", valueName: "meaning"))
  var alphaZero: AlphaZero = .refused

  @OptionGroup(title: "Form") var form: FormOptions

  /// The recipe for a base model.
  func recipe(base: String) throws -> FuseRecipe {
    guard !adapter.isEmpty else { throw ValidationError("at least one --adapter is needed") }
    let requests = try adapter.map { try AdapterRequest(argument: $0) }
    var recipe = FuseRecipe(basePath: base, adapters: requests)
    try norms.apply(to: &recipe)
    recipe.tloraBasePath = tloraBase
    recipe.output = form.recipe
    recipe.alphaZero = alphaZero
    return recipe
  }
}

extension AlphaZero: ExpressibleByArgument {}
