import WeftFiles
import WeftTensors

/// A model that is changed where it lies, as the output of a run.
///
/// Until the run is committed, a mark in the header's length keeps every reader from taking the model for a whole one.
final class PatchOutput: ModelOutput {
  private let plan: InPlacePlan
  private let model: PatchedFile
  private let ledger: SharedChecksums
  private let syncs: Bool

  init(_ plan: InPlacePlan, model: PatchedFile, syncs: Bool) {
    self.plan = plan
    self.model = model
    self.syncs = syncs
    ledger = SharedChecksums(count: plan.changes.count)
  }

  /// The CRC-32 of every range after the change, the header first.
  var checksums: [UInt32] { [Checksum.of(plan.header.bytes)] + ledger.checksums }

  func begin(_ fill: ([UInt8]) -> [UInt8]) throws { try model.markBusy(sync: syncs) }

  func write(_ slice: ByteSlice, tensor: Int, at offset: Int, share: Int) throws {
    let change = plan.changes[tensor]
    let start = change.tensorOffset + offset
    try model.write(slice, at: start)
    ledger.add(slice, run: tensor, at: start - change.range.lowerBound)
  }

  func endShare(_ share: Int) throws {}
  func abandon() {}
  func finish(_ fill: ([UInt8]) -> [UInt8]) throws -> Int { plan.writtenByteCount }

  func commit(sync: Bool) throws { try model.finish(plan.header.bytes, sync: sync) }
}

extension PatchedFile {
  /// Makes the model one that no reader takes.
  func markBusy(sync: Bool) throws {
    try write([SafetensorsHeader.busyMark], at: SafetensorsHeader.markedOffset)
    if sync { try self.sync() }
  }

  /// Writes a header and takes the mark away, after everything else has reached the disk when `sync` is set.
  func finish(_ header: [UInt8], sync: Bool) throws {
    let marked = SafetensorsHeader.markedOffset
    try write(Array(header[..<marked]), at: 0)
    try write(Array(header[(marked + 1)...]), at: marked + 1)
    if sync { try self.sync() }
    try write([header[marked]], at: marked)
    if sync { try self.sync() }
  }
}
