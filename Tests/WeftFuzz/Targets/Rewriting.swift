import WeftFiles
import WeftTensors

/// Writes a model that was read as safetensors anew, and reads it again.
enum Rewriting {
  static func check(_ checkpoint: Checkpoint) throws {
    let bytes = try file(of: checkpoint)
    let source = MemorySource(bytes, path: "again")
    let header = try SafetensorsHeader.read(source)
    guard header.metadata == checkpoint.metadata else { throw Finding("rewriting lost metadata") }
    guard header.entries.count == checkpoint.tensors.count else {
      throw Finding("rewriting lost tensors")
    }
    for entry in header.entries {
      guard let tensor = checkpoint[entry.info.name], tensor.info == entry.info else {
        throw Finding("rewriting changed \(entry.info)")
      }
      let range = entry.offsetInFile..<entry.offsetInFile + entry.info.byteCount
      guard try tensor.bytes() == Array(bytes[range]) else {
        throw Finding("rewriting changed the data of \(entry.info)")
      }
    }
  }

  private static func file(of checkpoint: Checkpoint) throws -> [UInt8] {
    let layout = try SafetensorsLayout(
      tensors: checkpoint.tensors.map(\.info), metadata: checkpoint.metadata, path: "again")
    return try layout.entries.reduce(into: layout.headerBytes) { bytes, entry in
      bytes += try checkpoint[entry.info.name]?.bytes() ?? []
    }
  }
}
