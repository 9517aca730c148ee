import WeftFiles
import WeftFormats
import WeftTensors

/// Decides the tensors of the output and where their bytes come from.
struct OutputPlanner {
  struct Result {
    let layoutName: String
    var tensors: [PlannedTensor]
    var dropped: [ModelPlan.Drop] = []
    /// The tensors that were broken in the input and are right in the output.
    var repaired: [String] = []
    /// What the user should know, in sentences.
    var notes: [String] = []
    /// What was decided about the types, when the model is quantised.
    var decisions: [FormDecision] = []
    /// The shapes in which GGUF stores the tensors; nil for their own.
    var storedShapes: [Shape]?
  }

  let choice: OutputRecipe
  let base: BaseModel
  /// The values of the canonical tensors that change.
  let values: [CanonicalName: ComputedValue]
  /// Canonical tensors that come from another tensor, such as those of a VAE that is put in.
  let replacements: [CanonicalName: BaseModel.Stored]
  let library: FormatLibrary
  /// The names of moving averages, which change their type with the weights.
  let averages: Set<String>

  init(
    choice: OutputRecipe, base: BaseModel, values: [CanonicalName: ComputedValue],
    replacements: [CanonicalName: BaseModel.Stored], library: FormatLibrary
  ) {
    self.choice = choice
    self.base = base
    self.values = values
    self.replacements = replacements
    self.library = library
    averages = MovingAverages(of: base).names
  }

  func plan() throws -> Result {
    let wanted = try layoutName()
    return keepsNames(in: wanted) ? try keepAll(layout: wanted) : try convert(to: wanted)
  }

  /// The path of the input, for messages.
  var path: String { base.checkpoint.path }

  /// A whole model in a folder is in the diffusers layout; taken out of one it is in LDM's.
  private func layoutName() throws -> String {
    let own = base.recognition.layout ?? "unknown"
    if choice.format == .diffusers { return try folderLayout() }
    guard let layout = choice.layout else { return isWholeFolder ? "ldm" : own }
    if layout == own { return own }
    guard base.recognition.architecture != nil else {
      throw TransformError.refused(
        "the layout of \(base.recognition.words) cannot be changed", at: path,
        advice: "leave --layout out")
    }
    if layout == "diffusers", base.soleComponent == nil {
      throw TransformError.refused(
        "a whole model in the diffusers layout is a folder, not one file", at: path,
        advice: "use --layout ldm, or write a folder: -o NAME/")
    }
    return layout
  }

  private func folderLayout() throws -> String {
    if base.recognition.architecture == nil {
      throw TransformError.refused(
        "\(base.recognition.words) is not what a diffusers folder holds", at: path,
        advice: "write a safetensors file")
    }
    if let layout = choice.layout, layout != "diffusers" {
      throw TransformError.refused(
        "a folder is in the diffusers layout, not \(layout)", at: path,
        advice: "write a file, or leave --layout out")
    }
    return "diffusers"
  }

  private var isWholeFolder: Bool {
    base.checkpoint.format == .diffusers && base.soleComponent == nil
      && base.recognition.layout == "diffusers"
  }

  /// Whether the tensors keep the names that they have.
  private func keepsNames(in layout: String) -> Bool {
    guard layout == base.recognition.layout ?? "unknown" else { return false }
    return choice.format == .diffusers || !isWholeFolder
  }
}

extension BaseModel {
  /// The component, when the model is one alone.
  package var soleComponent: String? {
    let components = Set(stored.keys.map(\.component))
    return components.count == 1 ? components.first : nil
  }
}
