package import WeftFiles
import WeftFormats
import WeftTensors

/// A fuse that changes a file where it lies: the bytes that change, and the header of the same length.
package struct InPlacePlan: Sendable {
  /// A run of bytes that the fuse computes.
  struct Change: Sendable {
    /// What is computed: a tensor with the one piece that changes.
    let tensor: PlannedTensor
    /// Where the tensor starts, counted from the start of the file.
    let tensorOffset: Int
    /// The bytes that change, counted from the start of the file.
    let range: Range<Int>
  }

  /// The plan of the whole model, from which everything here follows.
  package let model: ModelPlan
  /// The file.
  package let file: InputFile
  /// What changes, in the order of the file.
  let changes: [Change]
  /// The header that the file has.
  let oldHeader: [UInt8]
  /// The header that it gets.
  let header: HeaderPatch

  /// Whether the recipe fits into the header.
  package var hasRecipeInHeader: Bool { header.hasRecipe }
  /// The keys of the metadata that are no longer true and are removed or blanked.
  package var staleKeys: [String] { header.stale }
  /// The number of bytes that are written, the header among them when it changes.
  package var writtenByteCount: Int {
    changes.reduce(header.bytes == oldHeader ? 0 : oldHeader.count) { $0 + $1.range.count }
  }
  /// The size of the undo file without its description, in bytes.
  package var savedByteCount: Int {
    changes.reduce(2 * oldHeader.count) { $0 + $1.range.count }
  }

  /// Makes the plan, or throws when the result cannot have the places of the base.
  package static func of(_ model: ModelPlan) throws -> InPlacePlan {
    let checkpoint = model.base.checkpoint
    guard checkpoint.format == .safetensors, checkpoint.files.count == 1,
      let file = checkpoint.files.first, file.path == checkpoint.path
    else {
      throw refusal(
        "only a single safetensors file can be changed in place, not \(checkpoint.format.rawValue)"
          + (checkpoint.files.count == 1 ? "" : " of \(checkpoint.files.count) files"),
        at: checkpoint.path)
    }
    let stored = checkpoint.storedTensors
    let changes = try changes(of: model, stored: stored, in: file)
    let header = try file.bytes(0..<(stored.map(\.offset).min() ?? file.byteCount))
    return InPlacePlan(
      model: model, file: file, changes: changes, oldHeader: header,
      header: try patch(header, recipe: model.recipeValue.compactText, path: file.path))
  }

  private static func patch(
    _ header: [UInt8], recipe: String, path: String
  ) throws -> HeaderPatch {
    do throws(JSONError) {
      return try HeaderPatch(header, recipe: recipe)
    } catch {
      throw TransformError.badData(
        "invalid header: \(error.what)", at: "\(path), byte \(error.offset)",
        advice: "the file changed while it was read; run again")
    }
  }

  static func refusal(_ what: String, at path: String) -> TransformError {
    .refused(what, at: path, advice: "write a new file with -o instead of --in-place")
  }
}

extension InPlacePlan {
  /// The pieces of the output that are not the base's own bytes in their own place.
  private static func changes(
    of model: ModelPlan, stored: [Checkpoint.Tensor], in file: InputFile
  ) throws -> [Change] {
    if let encoded = model.tensors.first(where: { $0.encoding != nil }) {
      throw refusal(
        "\(encoded.info.name) changes and is stored as \(encoded.formName); values in that form are "
          + "encoded anew, which is not done in place", at: file.path)
    }
    guard model.tensors.count == stored.count else {
      throw refusal(
        "the output has \(model.tensors.count) tensors, the file \(stored.count)", at: file.path)
    }
    let places = Dictionary(stored.map { ($0.info.name, $0) }) { first, _ in first }
    return try zip(model.tensors, stored).flatMap { planned, other in
      // What belongs to a tensor with scales stands beside it in a plan, and anywhere in the file.
      let stored = places[planned.info.name] ?? other
      guard planned.info == stored.info else {
        throw refusal(
          "\(stored.info.name) would become \(planned.info.name), \(planned.info.dtype.rawValue) "
            + "\(planned.info.shape), which has another header", at: file.path)
      }
      return planned.pieces.compactMap { change($0, of: planned, stored: stored, in: file) }
    }
  }

  private static func change(
    _ piece: Piece, of planned: PlannedTensor, stored: Checkpoint.Tensor, in file: InputFile
  ) -> Change? {
    let start = stored.offset + piece.byteOffset
    if piece.byteCount == 0 { return nil }
    if case .copy(let tensor, let offset) = piece.work, tensor.isStored(in: file.identity),
      tensor.offset + offset == start
    {
      return nil
    }
    return Change(
      tensor: PlannedTensor(info: planned.info, pieces: [piece], action: .changed),
      tensorOffset: stored.offset, range: start..<start + piece.byteCount)
  }
}

extension Checkpoint.Tensor {
  /// Whether the tensor's bytes lie in a file as they are.
  func isStored(in identity: InputFile.Identity) -> Bool {
    (source as? InputFile)?.identity == identity
  }
}

extension PlannedTensor {
  /// The name of the form that the values are encoded in.
  fileprivate var formName: String { encoding?.survey?.format.id ?? info.dtype.rawValue }
}
