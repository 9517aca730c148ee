import WeftFiles
import WeftTensors

/// A tensor of a ControlNet that is put together, and what it is made of.
struct ControlNetPart {
  /// The prefix that LDM's files of ControlNets have.
  static let prefix = "control_model."
  /// The rule of tensors that the Control-LoRA has as a whole.
  static let wholeRule = "taken as a whole"

  /// The tensor under the ControlNet's name, with the bytes that it starts from.
  let tensor: Checkpoint.Tensor
  /// The values.
  var value: ComputedValue
  /// The names of the Control-LoRA's tensors that are in it.
  var used: [String] = []
  /// What the Control-LoRA does, for the plan; nil where the model's own tensor stays.
  var rule: String?

  /// A tensor with values that start from its own bytes.
  init(tensor: Checkpoint.Tensor, value: ComputedValue) {
    self.tensor = tensor
    self.value = value
  }

  /// A tensor of the Control-LoRA as it is.
  init(whole: Checkpoint.Tensor) {
    tensor = Checkpoint.Tensor(
      info: whole.info.renamed(Self.prefix + whole.info.name), source: whole.source,
      offset: whole.offset)
    value = ComputedValue(
      tensor.block(rows: whole.info.shape.rank > 1 ? whole.info.shape.rowCount : 1))
    used = [whole.info.name]
    rule = Self.wholeRule
  }
}
