import WeftTensors

/// The tensors of a file by name.
struct TensorIndex {
  let tensors: [TensorInfo]
  private let positions: [String: Int]

  /// Indexes tensors; of two with one name the first is found.
  init(_ tensors: [TensorInfo]) {
    self.tensors = tensors
    positions = Dictionary(tensors.enumerated().map { ($1.name, $0) }) { first, _ in first }
  }

  /// Whether there is a tensor of the name.
  func contains(_ name: String) -> Bool { positions[name] != nil }

  /// The tensor of a name, or nil.
  subscript(_ name: String) -> TensorInfo? { positions[name].map { tensors[$0] } }

  /// The first name that a pattern fits, or nil.
  func first(_ glob: Glob) -> String? {
    if glob.isLiteral { return contains(glob.source) ? glob.source : nil }
    return tensors.first { glob.matches($0.name) }?.name
  }
}
