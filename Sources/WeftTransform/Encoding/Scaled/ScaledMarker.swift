import WeftFormats
import WeftTensors

/// The empty tensor by which some readers know a model with scales.
enum ScaledMarker {
  /// The prefix of the networks that readers look for a marker in.
  private static let prefix = "model.diffusion_model."

  /// The markers of the formats that tensors are stored in, one for each format that has one.
  static func tensors(for planned: [PlannedTensor]) -> [PlannedTensor] {
    var names: Set<String> = []
    return planned.compactMap { tensor in
      guard let format = tensor.encoding?.survey?.format, let marker = format.marker else {
        return nil
      }
      let isWhole = tensor.info.name.hasPrefix(prefix)
      let name = (isWhole ? prefix : "") + marker
      guard names.insert(name).inserted,
        let info = TensorInfo(name: name, dtype: format.elementDType, shape: [0])
      else { return nil }
      return PlannedTensor(info: info, pieces: [], action: .added)
    }
  }
}
