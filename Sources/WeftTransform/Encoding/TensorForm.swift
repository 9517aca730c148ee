package import WeftFiles
package import WeftFormats
package import WeftTensors

/// How the values of a tensor are stored.
package enum TensorForm: Sendable, Hashable {
  /// As elements of a type, one after the other.
  case plain(DType)
  /// In blocks with shared scales.
  case blocks(DType)
  /// As small elements with scales in tensors beside them.
  case scaled(ScaledFormat)
  /// In a form of some name that is only read.
  case readOnly(String)

  /// The name as files and options spell it.
  package var name: String {
    switch self {
    case .plain(let dtype), .blocks(let dtype): dtype.rawValue
    case .scaled(let format): format.id
    case .readOnly(let name): name
    }
  }

  /// Whether files of a container can hold it.
  package func isStorable(in format: ContainerFormat) -> Bool {
    switch self {
    case .blocks: format == .gguf
    case .scaled, .readOnly: format != .gguf
    case .plain(let dtype):
      format != .gguf || dtype.isComputable || [.i8, .i16, .i32, .i64].contains(dtype)
    }
  }
}
