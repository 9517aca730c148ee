/// One step of a pipeline.
package struct PipelineStep: Sendable, Equatable {
  /// What a step does.
  package enum Action: Sendable, Equatable {
    /// Looks for code that loading the model would run; a model that is not safe goes no further.
    case scan
    /// Writes the model in another form.
    case convert(PipelineForm)
    /// Fuses adapters into the model.
    case fuse(PipelineFuse)
    /// Writes the model with fewer bits a weight.
    case quantize(PipelineForm)
    /// Proves that what a step saved is what it must be.
    case verify(PipelineVerification)
    /// Writes down what became of the model.
    case report(PipelineReport)
  }

  /// The name of what it makes.
  package var name: String
  /// What it does.
  package var action: Action
  /// The step that it takes, or `input` for the model itself.
  package var source: RecipeReference
  /// The template of the output's path; nil for the usual one where the step is saved at all.
  package var save: String?
  /// Where the name is in the text.
  package var position: SourcePosition?

  /// The name that stands for the model that a pipeline starts with.
  package static let input = "input"

  /// Makes a step.
  package init(
    name: String, action: Action, source: RecipeReference, save: String? = nil,
    position: SourcePosition? = nil
  ) {
    self.name = name
    self.action = action
    self.source = source
    self.save = save
    self.position = position
  }

  /// Whether the step makes a model.
  package var makesModel: Bool {
    switch action {
    case .convert, .fuse, .quantize: true
    case .scan, .verify, .report: false
    }
  }

  /// Whether the steps are equal, wherever they are in a text.
  package static func == (left: PipelineStep, right: PipelineStep) -> Bool {
    left.name == right.name && left.action == right.action && left.source == right.source
      && left.save == right.save
  }
}

/// The form of a step's result, in the words of `weft convert` and `weft quantize`.
///
/// Nil leaves a thing as the step before has it.
package struct PipelineForm: Sendable, Equatable {
  /// The container, one of `containers`.
  package var container: String?
  /// The type of the floating-point tensors, or `keep`.
  package var dtype: String?
  /// The layout: `ldm`, `diffusers` or `keep`.
  package var layout: String?
  /// A model whose VAE takes the place of the model's.
  package var vae: String?
  /// What becomes of the moving averages.
  package var averages: RecipeAverages?
  /// Whether tensors that are no part of the model are left out.
  package var isPruned: Bool?
  /// Patterns of tensors that may stay unmatched.
  package var allowedUnmatched: [String] = []
  /// The one component that is written.
  package var component: String?
  /// The largest tensor data of a file, in bytes.
  package var maximumShardByteCount: Int?
  /// How the model is quantised; nil for no quantisation.
  package var quantization: RecipeQuantization?

  /// The words of `container`.
  package static let containers = [
    "safetensors", "safetensors.wz", "safetensors.zst", "ckpt", "diffusers", "gguf",
  ]

  /// Makes a form that leaves everything as it is.
  package init() {}
}

/// A fuse of a pipeline: adapters, and one number that may be varied.
package struct PipelineFuse: Sendable, Equatable {
  /// The adapters in order.
  package var adapters: [RecipeAdapter]
  /// What happens to the norms that a ResAdapter brings: `replace`, `lerp`, `delta` or `skip`.
  package var norm = "replace"
  /// The stock model that `delta` measures differences from.
  package var normBase: String?
  /// The model that T-LoRA adapters were trained on.
  package var tloraBase: String?
  /// What an alpha of zero means: `refuse`, `rank` or `zero`.
  package var alphaZero = "refuse"
  /// The number that is varied, as `weft fuse --sweep` takes it; nil for one fuse.
  package var sweep: String?
  /// The form of the result.
  package var form = PipelineForm()

  /// Makes a fuse with every option at its default.
  package init(adapters: [RecipeAdapter]) { self.adapters = adapters }
}

/// How a saved model is proved.
package struct PipelineVerification: Sendable, Equatable {
  /// How closely to look: `structure`, `weights` or `forward`.
  package var level = "weights"
  /// The relative error up to which values are accepted; nil for the usual limits.
  package var tolerance: Double?

  /// The words of `level`.
  package static let levels = ["structure", "weights", "forward"]

  /// Makes a proof of the weights.
  package init() {}
}

/// The report of a model.
package struct PipelineReport: Sendable, Equatable {
  /// The template of the JSON file's path; nil for none.
  package var json: String?
  /// The template of the HTML page's path; nil for none.
  package var html: String?

  /// Makes a report without files.
  package init() {}
}
