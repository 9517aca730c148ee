import WeftFiles
import WeftFormats
import WeftTensors

/// The tensors of a single file that the diffusers layout has no place for: a folder keeps them beside its components,
/// so that a conversion there and back is exact.
struct Extras {
  /// The tensors with what they are.
  private(set) var tensors: [(tensor: Checkpoint.Tensor, binding: Recognition.Binding)] = []
  private var indices: [String: Int] = [:]

  private static let prefix = DiffusersFolder.extrasComponent + "/"
  /// Buffers of the noise schedule have a few kilobytes; what is larger is another network.
  private static let largestByteCount = 1 << 20

  /// No tensors.
  init() {}

  /// The extras of a folder.
  init(of base: BaseModel) {
    for (tensor, binding) in zip(base.checkpoint.tensors, base.recognition.bindings)
    where Self.isExtra(tensor.info.name) {
      indices[name(of: tensor)] = tensors.count
      tensors.append((tensor, binding))
    }
  }

  static func isExtra(_ name: String) -> Bool { name.hasPrefix(prefix) }

  /// The name that an extra has in a single file.
  func name(of tensor: Checkpoint.Tensor) -> String {
    String(tensor.info.name.dropFirst(Self.prefix.count))
  }

  /// The extra of a name in a single file.
  subscript(name: String) -> (tensor: Checkpoint.Tensor, binding: Recognition.Binding)? {
    indices[name].map { tensors[$0] }
  }

  /// Whether a tensor that is no weight goes into a folder's extras: small ones and moving averages, but for what is made
  /// again anyway.
  static func isWorthKeeping(_ info: TensorInfo, binding: Recognition.Binding) -> Bool {
    guard binding.auxiliaryReason != nil, !info.name.hasSuffix("position_ids"),
      !info.name.contains("/")
    else { return false }
    return info.byteCount <= largestByteCount || MovingAverages.isAverage(info.name)
  }
}
