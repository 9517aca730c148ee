import Testing
import WeftFiles
import WeftKernels
import WeftTensors
import WeftTransform

@Suite("The report of a quantisation")
struct QuantizationReportTests {
  let workshop: Workshop

  init() throws { workshop = try Workshop() }

  private func report(measures: Bool = true) throws -> RunReport {
    let (plan, summary, path) = try workshop.quantize(
      try workshop.writeMatrices(.f16), type: "q4_k", measures: measures
    ) {
      $0.quantization?.rules = [QuantizationRecipe.Rule(pattern: "block.1.*", type: "q6_k")]
    }
    return RunReport(
      plan: plan, adapters: [], summary: summary, output: path, seconds: 0,
      peakMemoryByteCount: 0)
  }

  @Test("says which type every tensor has, what it was before, and why")
  func tensors() throws {
    let value = try #require(try report().json["quantization"])
    #expect(value["type"]?.text == "q4_k" && value["encoder"]?.text == "ggml")
    #expect(value["policy"]?.text == "generic")
    let rows = try #require(value["tensors"]?.elements)
    let types = rows.map { [$0["name"]?.text, $0["before"]?.text, $0["type"]?.text] }
    #expect(
      types == [
        ["odd.weight", "F32", "F16"], ["outliers", "F32", "Q4_K"],
        ["block.0.weight", "F16", "Q4_K"], ["block.1.weight", "F16", "Q6_K"],
        ["vector", "F16", "F16"],
      ])
    #expect(rows[2]["reason"] == .null && rows[2]["bytes"]?.integer == 70 * 512 / 256 * 144)
    #expect(rows[3]["reason"]?.text == "the rule block.1.*=q6_k")
  }

  @Test("groups the tensors by type and by reason")
  func groups() throws {
    let value = try #require(try report().json["quantization"])
    func counts(_ key: String, _ title: String) -> [String: Int] {
      Dictionary(
        uniqueKeysWithValues: (value[key]?.elements ?? []).map {
          ($0[title]?.text ?? "", $0["tensors"]?.integer ?? 0)
        })
    }
    #expect(counts("types", "type") == ["Q4_K": 2, "Q6_K": 1, "F16": 2])
    #expect(counts("kept", "reason") == ["a vector or a scalar": 1])
    #expect(counts("chosen", "reason") == ["the rule block.1.*=q6_k": 1])
    #expect(
      counts("fallbacks", "reason")
        == ["rows of 100 are no whole number of q4_k's blocks of 256": 1])
    let bytes = value["types"]?.elements?.compactMap { $0["bytes"]?.integer } ?? []
    #expect(bytes.reduce(0, +) == value["bytes"]?.integer)
    #expect(value["bytes_before"]?.integer == (70 * 512 + 70 * 256 + 300) * 2 + (1024 + 500) * 4)
  }

  @Test("adds up what all tensors lost")
  func totals() throws {
    let report = try report()
    let parts = report.summary.losses.values
    let expected = parts.reduce(0) { $0 + $1.sumSquaredDifference }
    let loss = try #require(report.quantization?.loss)
    #expect(abs(loss.sumSquaredDifference - expected) <= expected * 1e-12)
    let value = try #require(report.json["quantization"]?["loss"])
    #expect(
      value.members?.map(\.key) == [
        "relative_l2", "snr_db", "rmse", "max_abs", "cosine", "saturated", "flushed",
      ])
    #expect(value["relative_l2"]?.double == loss.relativeL2)
    #expect(value["flushed"]?.integer == parts.reduce(0) { $0 + $1.flushed })
  }

  @Test("has no numbers of a loss that was not measured, and a plan has none")
  func unmeasured() throws {
    let report = try report(measures: false)
    for value in [report.json, report.plan.json(adapters: [])] {
      let quantization = try #require(value["quantization"])
      #expect(quantization["loss"] == nil && quantization["types"]?.elements?.count == 3)
      #expect(quantization["tensors"]?.elements?.allSatisfy { $0["rmse"] == nil } == true)
    }
  }

  @Test("is absent when nothing is quantised")
  func absent() throws {
    let plan = try workshop.convert(
      try workshop.writeMatrices(.f16), to: workshop.path("copy.safetensors"))
    #expect(QuantizationReport(plan) == nil && plan.json(adapters: [])["quantization"] == nil)
  }
}
