import WeftTensors

/// The newer kind of importance matrices, which is a GGUF file.
///
/// Each tensor NAME has `NAME.in_sum2`, sums of squares of shape [matrices, columns], and `NAME.counts`, how many of them
/// each matrix has; both are `F32`. A matrix that was never used counts as 1 in every column.
/// Source: https://github.com/ggml-org/llama.cpp/blob/006e7ef9/tools/imatrix/imatrix.cpp (`save_imatrix`), and
/// tools/quantize/quantize.cpp at 03161a4e (`load_imatrix`) for the division by the counts
enum GGUFImportance {
  private typealias Problem = ImportanceMatrixError.Problem

  static let type = "imatrix"
  static let sumsSuffix = ".in_sum2"
  static let countsSuffix = ".counts"

  static func read(_ file: InputFile) throws -> ImportanceRecord {
    let checkpoint = try Checkpoint.open(gguf: file)
    let metadata = checkpoint.ggufMetadata
    let found = metadata?[GGUFMetadata.typeKey]?.string
    guard found == type else { throw Problem.otherContent(type: found) }
    let names = try pairedNames(checkpoint)
    guard !names.isEmpty else { throw Problem.empty }
    let chunkCount = max(0, metadata?[chunkCountKey]?.integer ?? 1)
    let datasets = metadata?[datasetsKey]?.elements?.compactMap(\.string) ?? []
    var record = ImportanceRecord(entries: [:], datasets: datasets)
    var valueCount = 0
    for name in names {
      record.entries[name] = try entry(
        name, in: checkpoint, chunkCount: chunkCount, valueCount: &valueCount)
    }
    return record
  }

  /// The tensors that have sums; those and counts come in pairs, and what else there may be is of no matter here.
  private static func pairedNames(_ checkpoint: Checkpoint) throws -> [String] {
    var names: [String] = []
    for tensor in checkpoint.tensors {
      let full = tensor.info.name
      for (suffix, other) in [(sumsSuffix, countsSuffix), (countsSuffix, sumsSuffix)]
      where full.hasSuffix(suffix) {
        let name = String(full.dropLast(suffix.count))
        guard checkpoint[name + other] != nil else {
          throw Problem.unpaired(tensor: name, missing: String(other.dropFirst()))
        }
        if suffix == sumsSuffix { names.append(name) }
      }
    }
    return names
  }

  private static func entry(
    _ name: String, in checkpoint: Checkpoint, chunkCount: Int, valueCount: inout Int
  ) throws -> ImportanceRecord.Entry {
    let sums = try floats(name + sumsSuffix, in: checkpoint, valueCount: &valueCount)
    let counts = try floats(name + countsSuffix, in: checkpoint, valueCount: &valueCount)
    guard !sums.isEmpty, !counts.isEmpty, sums.count % counts.count == 0 else {
      throw Problem.invalidSize(tensor: name, count: sums.count)
    }
    return ImportanceRecord.Entry(
      sums: sums.map(Double.init),
      // Counts are whole numbers, and rounded as C does it.
      counts: counts.map { Double($0.rounded(.toNearestOrAwayFromZero)) }, chunkCount: chunkCount)
  }

  private static func floats(
    _ name: String, in checkpoint: Checkpoint, valueCount: inout Int
  ) throws -> [Float] {
    guard let tensor = checkpoint[name] else { return [] }
    guard tensor.info.dtype == .f32 else {
      throw Problem.wrongType(tensor: name, dtype: tensor.info.dtype)
    }
    valueCount += tensor.info.elementCount
    guard valueCount <= ImportanceMatrix.maximumValueCount else { throw Problem.tooManyValues }
    let floats = try tensor.bytes().floats
    for value in floats { try ImportanceMatrix.check(value, of: name) }
    return floats
  }
}
