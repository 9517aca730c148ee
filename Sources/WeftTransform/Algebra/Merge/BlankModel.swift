import WeftFiles
import WeftFormats
import WeftTensors

extension BaseModel {
  /// A model of an architecture without any data, for adapters that can be understood without their model.
  static func blank(_ architecture: Architecture) throws -> BaseModel {
    let tensors = try architecture.expanded(withOptional: true)
    let infos = try tensors.map { tensor in
      guard
        let info = TensorInfo(
          name: tensor.name.description, dtype: .f32, shape: tensor.shape)
      else {
        throw TransformError.badData(
          "the tensor \(tensor.name) of \(architecture.id) has no size", at: nil,
          advice: "look at the files given with --formats")
      }
      return info
    }
    let refusal = TransformError.refused(
      "the change depends on the model's own weights", at: nil, advice: "add --base MODEL")
    return BaseModel(
      checkpoint: .blank(path: "the model", tensors: infos, refusal: refusal),
      recognition: .complete(architecture, tensors: tensors))
  }
}
