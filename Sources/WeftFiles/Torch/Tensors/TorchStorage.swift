import WeftTensors

/// A reference of a pickle to the data of tensors, which lies beside the pickle.
///
/// Source: https://github.com/pytorch/pytorch/blob/v2.9.0/torch/serialization.py (`persistent_id`, `persistent_load`)
struct TorchStorage {
  /// The name of the data; a number in text.
  let key: String
  /// What the data is.
  let content: TorchElement.Content
  /// The number of elements, or of bytes when the type is not known.
  let elementCount: Int
  /// Where a view into the data starts, in elements.
  let viewOffset: Int
  /// The elements of the view, or of the data.
  let viewElementCount: Int

  /// Takes apart what a persistent reference says; nil when it is not about data.
  init?(_ id: PickleID, in pickle: Pickle) throws(TorchError.Problem) {
    guard pickle.kind(id) == .persistent,
      let parts = pickle.elements(pickle.node(id).first, atMost: 6), parts.count >= 5,
      pickle.text(parts[0]) == "storage"
    else { return nil }
    guard let global = pickle.global(parts[1]), let content = TorchElement.storage(global) else {
      throw .unsupported("the tensor's data is of an unknown class")
    }
    guard let key = Self.key(parts[2], pickle), let count = pickle.integer(parts[4]), count >= 0
    else { throw .malformedTensor("the reference to its data is not complete") }
    self.key = key
    self.content = content
    elementCount = count
    guard parts.count == 6, let view = pickle.elements(parts[5], atMost: 3), view.count == 3 else {
      (viewOffset, viewElementCount) = (0, count)
      return
    }
    guard let start = pickle.integer(view[1]), let size = pickle.integer(view[2]), start >= 0,
      size >= 0, start <= count, size <= count - start
    else { throw .outsideStorage(key: key) }
    (viewOffset, viewElementCount) = (start, size)
  }

  /// The key as text; the oldest files have numbers.
  private static func key(_ id: PickleID, _ pickle: Pickle) -> String? {
    pickle.text(id) ?? pickle.integer(id).map(String.init)
  }

  /// The size of an element, in bytes; nil for elements that cannot be read.
  var elementByteCount: Int? {
    switch content {
    case .elements(let dtype): dtype.byteWidth
    case .untyped: 1
    case .unsupported: nil
    }
  }
}
