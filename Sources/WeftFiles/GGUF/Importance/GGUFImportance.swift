import WeftTensors

/// The newer kind of importance matrices, which is a GGUF file.
///
/// Each tensor NAME has `NAME.in_sum2`, sums of squares of shape [matrices, columns], and `NAME.counts`, how many of them
/// each matrix has; both are `F32`. A matrix that was never used counts as 1 in every column.
/// Source: https://github.com/ggml-org/llama.cpp/blob/006e7ef9/tools/imatrix/imatrix.cpp (`save_imatrix`), and
/// tools/quantize/quantize.cpp at 03161a4e (`load_imatrix`) for the division by the counts
enum GGUFImportance {
  private typealias Problem = ImportanceMatrixError.Problem

  private static let type = "imatrix"
  private static let sumsSuffix = ".in_sum2"
  private static let countsSuffix = ".counts"

  static func read(_ file: InputFile) throws -> [String: [Float]] {
    let checkpoint = try Checkpoint.open(gguf: file)
    let found = checkpoint.ggufMetadata?[GGUFMetadata.typeKey]?.string
    guard found == type else { throw Problem.otherContent(type: found) }
    let names = try pairedNames(checkpoint)
    guard !names.isEmpty else { throw Problem.empty }
    var weights: [String: [Float]] = [:]
    var valueCount = 0
    for name in names {
      let values = try values(of: name, in: checkpoint, valueCount: &valueCount)
      weights[name] = values
    }
    return weights
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

  private static func values(
    of name: String, in checkpoint: Checkpoint, valueCount: inout Int
  ) throws -> [Float] {
    let sums = try floats(name + sumsSuffix, in: checkpoint, valueCount: &valueCount)
    let counts = try floats(name + countsSuffix, in: checkpoint, valueCount: &valueCount)
    guard !sums.isEmpty, !counts.isEmpty, sums.count % counts.count == 0 else {
      throw Problem.invalidSize(tensor: name, count: sums.count)
    }
    let columnCount = sums.count / counts.count
    return sums.enumerated().map { index, sum in
      // Counts are whole numbers, and rounded as C does it.
      let count = counts[index / columnCount].rounded(.toNearestOrAwayFromZero)
      return count > 0 ? sum / count : 1
    }
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
