import WeftFiles
import WeftFormats
import WeftKernels
import WeftTensors
import WeftTransform

/// Quantisations of small models whose losses are measured.
extension Workshop {
  /// Quantises a model to GGUF, measuring what is lost.
  func quantize(
    _ input: String, type: String, threads: Int = 2, measures: Bool = true,
    _ change: (inout OutputRecipe) -> Void = { _ in }
  ) throws -> (plan: ModelPlan, summary: RunSummary, path: String) {
    var recipe = ConvertRecipe(inputPath: input)
    recipe.output.format = .gguf
    recipe.output.quantization = QuantizationRecipe(type: type)
    change(&recipe.output)
    let plan = try ConvertPlanner.plan(recipe, library: library, threads: threads)
    var options = RunOptions(threads: threads)
    options.syncs = false
    options.replaces = true
    options.measuresLoss = measures
    let output = path("quantized-\(type)-\(threads).gguf")
    let summary = try plan.runner(options: options).run(path: output, inputs: plan.inputFiles) {
      _ in
    }
    return (plan, summary, output)
  }

  /// Writes a file of no architecture: matrices of normal values, one with an outlier beside which the rest of its block is
  /// nothing, a vector, and a matrix that no block of 256 fits.
  func writeMatrices(_ dtype: DType, rows: Int = 70) throws -> String {
    let path = path("matrices-\(dtype.rawValue).safetensors")
    var outliers = Workshop.values(4 * 256, seed: 3).map { $0 * 1e-4 }
    outliers[300] = 1000
    try HashedFile.write(
      [
        try HashedFile.Tensor("block.0.weight", [rows, 512], dtype, tag: "loss", seed: "a.weight"),
        try HashedFile.Tensor("block.1.weight", [rows, 256], dtype, tag: "loss", seed: "b.weight"),
        try HashedFile.Tensor(
          "outliers", [4, 256], .f32,
          bytes: outliers.flatMap { littleEndianBytes($0.bitPattern) }),
        try HashedFile.Tensor("odd.weight", [5, 100], .f32, tag: "loss", seed: "c.weight"),
        try HashedFile.Tensor("vector", [300], dtype, tag: "loss", seed: "d.weight"),
      ], to: path, options: RunOptions(threads: 2))
    return path
  }
}

/// The errors of a tensor in float64, as a reader of both files would compute them.
struct ExpectedLoss {
  private(set) var sumSquaredDifference = 0.0
  private(set) var sumSquaredBefore = 0.0
  private(set) var sumSquaredAfter = 0.0
  private(set) var dot = 0.0
  private(set) var largest = 0.0
  private(set) var flushed = 0
  let count: Int

  init(_ before: [Double], _ after: [Double]) {
    count = before.count
    for (a, b) in zip(before, after) {
      sumSquaredDifference += (a - b) * (a - b)
      sumSquaredBefore += a * a
      sumSquaredAfter += b * b
      dot += a * b
      largest = max(largest, abs(a - b))
      flushed += a != 0 && b == 0 ? 1 : 0
    }
  }

  var rootMeanSquare: Double { (sumSquaredDifference / Double(count)).squareRoot() }
  var relativeL2: Double { (sumSquaredDifference / sumSquaredBefore).squareRoot() }
  var cosine: Double { dot / (sumSquaredBefore * sumSquaredAfter).squareRoot() }
}
