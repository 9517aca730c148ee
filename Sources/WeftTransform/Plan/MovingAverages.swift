import WeftFiles
import WeftFormats
import WeftTensors

/// The moving averages (EMA) of a UNet's weights that a training checkpoint keeps beside them.
///
/// A weight `model.diffusion_model.x.y` has the average `model_ema.diffusion_modelxy`: the name after `model.` without
/// its dots. That cannot be undone, so the map is made from the weights that are there.
/// Source: https://github.com/CompVis/stable-diffusion/blob/21f890f9/ldm/modules/ema.py
struct MovingAverages {
  static let prefix = "model_ema."
  private static let weightPrefix = "model."

  private let base: BaseModel
  private let pairs: [(weight: Int, average: Checkpoint.Tensor)]

  /// Finds the averages of a model's weights.
  init(of base: BaseModel) {
    self.base = base
    let hasAny = base.checkpoint.tensors.contains { Self.isAverage($0.info.name) }
    pairs =
      !hasAny
      ? []
      : base.checkpoint.tensors.enumerated().compactMap { index, tensor in
        guard !base.recognition.bindings[index].slices.isEmpty else { return nil }
        return base.checkpoint[Self.averageName(tensor.info.name)].map { (index, $0) }
      }
  }

  static func isAverage(_ name: String) -> Bool { name.hasPrefix(prefix) }

  private static func averageName(_ weight: String) -> String {
    guard weight.hasPrefix(weightPrefix) else { return "" }
    return prefix + weight.dropFirst(weightPrefix.count).filter { $0 != "." }
  }

  /// The names of the averages that belong to a weight, for conversions of their type.
  var names: Set<String> { Set(pairs.map(\.average.info.name)) }

  /// The averages that take the place of weights, by canonical name; every weight of the UNet must have one.
  func replacements(_ choice: AveragesChoice) throws -> [CanonicalName: BaseModel.Stored] {
    guard choice == .prefer else { return [:] }
    var replacements: [CanonicalName: BaseModel.Stored] = [:]
    for (weight, average) in pairs {
      let tensor = base.checkpoint.tensors[weight]
      guard average.info.shape == tensor.info.shape else {
        throw TransformError.refused(
          "the average is \(average.info.shape), but its weight \(tensor.info.shape)",
          at: "\(base.checkpoint.path): \(average.info.name)", advice: "leave --prefer-ema out")
      }
      for slice in base.recognition.bindings[weight].slices {
        replacements[slice.name] = base.stored[slice.name]?.moved(to: average)
      }
    }
    let lacking = base.stored.keys.filter { $0.component == "unet" && replacements[$0] == nil }
    guard let first = lacking.min() else { return replacements }
    throw TransformError.refused(
      "\(lacking.count) weights of the UNet have no average, such as \(first.path)",
      at: base.checkpoint.path, advice: "leave --prefer-ema out")
  }
}

extension BaseModel.Stored {
  /// The same part of another tensor of the same shape.
  func moved(to other: Checkpoint.Tensor) -> BaseModel.Stored {
    BaseModel.Stored(
      tensor: other, elementOffset: elementOffset, shape: shape, isTransposed: isTransposed)
  }
}
