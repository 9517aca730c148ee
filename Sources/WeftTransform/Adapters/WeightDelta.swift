import WeftFiles
import WeftFormats
import WeftTensors

/// What a family adds to a weight at full strength, before a magnitude or a strength is taken into account.
struct WeightDelta {
  /// The input channels times the kernel's positions that it has.
  let columns: Int
  /// The products and matrices that are added, with their scales.
  var update: Update
  /// How the plan names the matrices.
  var rule: String

  /// A low-rank product.
  init(
    up: Factor, down: Factor, rank: Int, scale: Double, columns: Int
  ) {
    self.columns = columns
    rule = "up · down, rank \(rank)"
    update = Update()
    update.products = [ProductTerm(up: up, down: down, rank: rank, scale: scale)]
  }

  /// A computed matrix.
  init(_ formula: any MatrixFormula, scale: Double, rule: String) {
    columns = formula.columns
    self.rule = rule
    update = Update()
    update.formulas = [FormulaTerm(formula: formula, coefficient: scale)]
  }
}

extension ModuleInHand {
  /// The changes that a delta makes to the weight: a sum, or with a magnitude a change of every channel's length.
  func contributions(_ delta: WeightDelta) throws -> [Contribution] {
    let weight = try weight()
    let fitted = try padded(delta, for: weight)
    if let transform = try magnitudeTransform(fitted, weight) {
      return [contribution("weight", .transform(transform))]
    }
    return fitted.update.products.map { term in
      contribution(
        "weight",
        .lowRank(up: term.up, down: term.down, rank: term.rank, scale: strength * term.scale))
    }
      + fitted.update.formulas.map { term in
        contribution(
          "weight",
          .addMatrix(
            term.formula, coefficient: strength * term.coefficient, rule: fitted.rule))
      }
  }

  /// A delta for the input channels that a text-to-image model has, brought to the more that an inpainting model has.
  ///
  /// The channels that follow are the mask and the masked image; the adapter knows nothing of them.
  /// Source: https://github.com/AUTOMATIC1111/stable-diffusion-webui/blob/82a973c0/extensions-builtin/Lora/networks.py
  /// (network_apply_weights)
  private func padded(_ delta: WeightDelta, for weight: WeightMatrix) throws -> WeightDelta {
    guard delta.columns != weight.columns else { return delta }
    guard isPadded(columns: delta.columns, weight) else {
      throw refused(
        "its delta is [\(weight.rows), \(delta.columns)], but the model's tensor is "
          + "\(weight.shape)",
        advice: "use an adapter that was made for this architecture")
    }
    guard tensors["dora_scale"] == nil, tensors["magnitude"] == nil else {
      throw refused(
        "its magnitudes are of \(delta.columns / weight.taps) input channels, but the model has "
          + "\(weight.inputs)",
        advice: "use an adapter that was made for inpainting models")
    }
    let own = SumMatrix(rows: weight.rows, columns: delta.columns, delta.update)
    return WeightDelta(
      PaddedMatrix(original: own, columns: weight.columns), scale: 1,
      rule: delta.rule + paddingText(columns: delta.columns, weight))
  }

  /// Whether a delta of so many columns is of the input convolution of a text-to-image model, and the model has more.
  func isPadded(columns: Int, _ weight: WeightMatrix) -> Bool {
    target.path == "conv_in" && Self.paddedInputs.contains(weight.inputs)
      && columns == Self.plainInputs * weight.taps
  }

  /// What the plan says of a padded delta.
  func paddingText(columns: Int, _ weight: WeightMatrix) -> String {
    ", its \(columns / weight.taps) input channels the first of \(weight.inputs)"
  }

  /// The input channels of text-to-image models.
  private static let plainInputs = 4
  /// Those of inpainting and of instruct-pix2pix models.
  private static let paddedInputs = [8, 9]
}
