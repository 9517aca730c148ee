import WeftKernels
import WeftTensors

/// Takes the computed values of a run of elements in order and hands on their bytes, encoded where the tensor asks for it.
struct TileSink {
  private let sink: EncodingSink?
  private let meter: LossMeter?
  private let start: Int

  /// Makes a sink for the elements of a piece from `first` on.
  ///
  /// `encoding` is the tensor's, prepared with what a survey found.
  init(
    _ tensor: PlannedTensor, _ piece: Piece, encoding: (any ValueEncoding)?, first: Int,
    measuresLoss: Bool, workspace: Workspace
  ) {
    start = piece.byteOffset + tensor.unit.byteCount(of: first)
    let meter = measuresLoss ? LossMeter(workspace.kernels, grid: tensor.errorGrid) : nil
    sink = encoding.map {
      EncodingSink(
        $0, first: piece.firstElement(tensor.unit) + first, meter: meter,
        workspace: workspace)
    }
    self.meter = meter
  }

  /// Takes values at an offset in the run, in bytes, and hands their bytes to `write` with the offset in the tensor.
  func take(
    _ values: ByteSlice, at offset: Int, write: (ByteSlice, Int) throws -> Void
  ) throws {
    guard let sink else { return try write(values, start + offset) }
    try sink.add(values, write: write)
  }

  /// Ends the run and adds what was counted on the way.
  func finish(
    _ outcome: inout WorkOutcome, write: (ByteSlice, Int) throws -> Void
  ) throws {
    guard let sink else { return }
    try sink.finish(write: write)
    outcome.tally += sink.tally
    outcome.loss = meter?.loss
  }
}
