import Foundation
import Testing
import WeftFiles
import WeftKernels
import WeftTensors
import WeftTransform

@Suite("What a quantisation loses")
struct LossTests {
  let workshop: Workshop

  init() throws { workshop = try Workshop() }

  /// Sums in float64 differ by their order alone; cells are kept as float32.
  static let tolerance = 1e-12
  static let cellTolerance = 1e-6

  private func isClose(_ a: Double, _ b: Double, _ tolerance: Double = tolerance) -> Bool {
    abs(a - b) <= tolerance * max(abs(a), abs(b))
  }

  @Test("is what a reader of both files computes", arguments: ["q2_k", "q4_k", "q6_k"])
  func numbers(type: String) throws {
    let input = try workshop.writeMatrices(.f32)
    let (_, summary, output) = try workshop.quantize(input, type: type)
    let before = try Checkpoint.open(input)
    let after = try Checkpoint.open(output).decoded(workshop.library)
    for name in ["block.0.weight", "block.1.weight", "outliers"] {
      let loss = try #require(summary.losses[name])
      let expected = ExpectedLoss(
        try #require(before[name]).doubles(), try #require(after[name]).doubles())
      #expect(loss.count == expected.count && loss.flushed == expected.flushed)
      #expect(loss.maxDifference == expected.largest)
      #expect(isClose(loss.rootMeanSquare, expected.rootMeanSquare))
      #expect(isClose(loss.relativeL2, expected.relativeL2))
      #expect(isClose(loss.cosine, expected.cosine))
      #expect(isClose(loss.signalToNoise, -20 * log10(expected.relativeL2)))
    }
    // A type without a least value of its own makes zeros of what lies beside an outlier.
    if type == "q6_k" { #expect((summary.losses["outliers"]?.flushed ?? 0) > 200) }
  }

  @Test("is not measured unless that is asked for, and the bytes do not depend on it")
  func onlyWhenAsked() throws {
    let input = try workshop.writeMatrices(.f16)
    let measured = try workshop.quantize(input, type: "q4_k", threads: 1)
    let plain = try workshop.quantize(input, type: "q4_k", threads: 2, measures: false)
    #expect(!measured.summary.losses.isEmpty && !measured.summary.errorMaps.isEmpty)
    #expect(plain.summary.losses.isEmpty && plain.summary.errorMaps.isEmpty)
    #expect(try InputFile.open(measured.path).sha256() == InputFile.open(plain.path).sha256())
  }

  @Test("has maps whose cells are the errors of their rows and columns, worst tensor first")
  func maps() throws {
    let input = try workshop.writeMatrices(.f32)
    let (_, summary, output) = try workshop.quantize(input, type: "q4_k")
    let before = try Checkpoint.open(input)
    let after = try Checkpoint.open(output).decoded(workshop.library)
    let errors = summary.errorMaps.map { summary.losses[$0.name]?.relativeL2 ?? 0 }
    #expect(errors.count == 3 && errors == errors.sorted(by: >))
    for map in summary.errorMaps {
      let a = try #require(before[map.name]).doubles()
      let b = try #require(after[map.name]).doubles()
      for row in 0..<map.grid.rowCount {
        for column in 0..<map.grid.columnCount {
          let indices = elements(map.grid, row: row, column: column)
          let expected = ExpectedLoss(indices.map { a[$0] }, indices.map { b[$0] })
          let cell = map.cells[row * map.grid.columnCount + column]
          #expect(isClose(Double(cell), expected.rootMeanSquare, Self.cellTolerance))
        }
      }
    }
  }

  private func elements(_ grid: ErrorGrid, row: Int, column: Int) -> [Int] {
    let rows = row * grid.cellRows..<min((row + 1) * grid.cellRows, grid.rows)
    let columns = column * grid.cellColumns..<min((column + 1) * grid.cellColumns, grid.columns)
    return rows.flatMap { row in columns.map { row * grid.columns + $0 } }
  }

  @Test("is the same for any number of threads, also for tensors that several threads share")
  func threadsDoNotMatter() throws {
    // More than 8 MiB of Q6_K, so that the tensor is more than one item.
    let input = try workshop.writeMatrices(.bf16, rows: 21_000)
    let runs = try [1, 2, 5].map { try workshop.quantize(input, type: "q6_k", threads: $0) }
    #expect(runs[0].summary.losses["block.0.weight"]?.count == 21_000 * 512)
    for run in runs.dropFirst() {
      #expect(run.summary.losses == runs[0].summary.losses)
      #expect(run.summary.errorMaps == runs[0].summary.errorMaps)
    }
  }

  @Test("counts casts of weights, and weights that keep their bits as exact")
  func casts() throws {
    let input = try workshop.writeModel("sd15", dtype: .f32)
    let (plan, summary, output) = try workshop.quantize(input, type: "q4_k") {
      $0.quantization?.policy = "comfyui"
    }
    let report = try #require(QuantizationReport(plan, summary: summary))
    let (before, after) = (
      try Checkpoint.open(input), try Checkpoint.open(output).decoded(workshop.library)
    )
    var castCount = 0
    for tensor in report.tensors where tensor.decision.dtype.isComputable {
      let name = "model.diffusion_model." + tensor.decision.name
      let loss = try #require(tensor.loss)
      let expected = ExpectedLoss(
        try #require(before[name]).doubles(), try #require(after[tensor.decision.name]).doubles())
      #expect(isClose(loss.relativeL2, expected.relativeL2))
      castCount += tensor.decision.dtype == .f16 ? 1 : 0
      #expect(loss.different == 0 || tensor.decision.dtype == .f16)
    }
    #expect(castCount > 0)
    let quantized = report.tensors.filter { $0.decision.dtype == .q4k }
    #expect(!quantized.isEmpty && quantized.allSatisfy { ($0.loss?.relativeL2 ?? 0) > 0.01 })
  }

  @Test("keeps the maps of no more than 16 tensors, the worst")
  func worstMaps() throws {
    let input = try workshop.writeModel("sd15", dtype: .f16)
    let (plan, summary, _) = try workshop.quantize(input, type: "q4_k") {
      $0.quantization?.policy = "comfyui"
    }
    let report = try #require(QuantizationReport(plan, summary: summary))
    let encoded = report.worst.filter { $0.decision.dtype == .q4k }
    #expect(encoded.count > 16)
    #expect(summary.errorMaps.map(\.name) == encoded.prefix(16).map(\.decision.name))
  }
}
