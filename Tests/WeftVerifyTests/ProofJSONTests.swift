import Testing
import WeftKernels
import WeftTensors
import WeftVerify

@Suite("The JSON of a proof")
struct ProofJSONTests {
  private func keys(_ value: JSONValue?) -> [String] { value?.members?.map(\.key) ?? [] }

  @Test("has no forward report where the networks were not run")
  func weights() throws {
    let json = Proof(level: .weights, checks: [], tensorCount: 0, comparisons: []).json
    #expect(keys(json) == ["verdict", "level", "tensors", "worst", "checks"])
  }

  @Test("tells outputs, modules and the first divergence of every network")
  func forward() throws {
    let component = ForwardSamples.unet(ForwardSamples.swapped)
    let json = ForwardSamples.proof([component]).json
    let unet = try #require(json["forward"]?["components"]?.elements?.first)
    #expect(
      keys(unet) == [
        "name", "tolerance", "cases", "outputs", "first_divergent", "worst_module", "modules",
      ])
    #expect(keys(unet["tolerance"]) == ["outputs", "modules", "reason"])
    #expect(keys(unet["cases"]?.elements?.first) == ["title", "timestep"])
    let output = try #require(unet["outputs"]?.elements?.first)
    #expect(output["name"]?.text == "sample")
    #expect(output["cases"]?.elements?.count == 6)
    #expect(
      keys(output["cases"]?.elements?.first) == ["relative_l2", "snr_db", "cosine", "max_abs"])
    #expect(keys(unet["first_divergent"]) == ["module", "case", "relative_l2"])
    #expect(unet["first_divergent"]?["module"]?.text == "up_blocks.1.resnets.0.norm1")
    let divergence = try #require(component.firstDivergent)
    #expect(
      unet["first_divergent"]?["case"]?.text == component.cases[divergence.caseIndex].title)
    #expect(
      keys(unet["worst_module"]) == ["path", "relative_l2", "snr_db", "cosine", "max_abs"])
    #expect(unet["modules"]?.elements?.count == component.modules.count)
    #expect(
      unet["worst_module"]?["relative_l2"]?.double == component.modules.map(\.worst).max())
  }

  @Test("has the worst tensor where tensors were compared, otherwise the worst module")
  func worst() throws {
    let component = ForwardSamples.unet(ForwardSamples.rounding)
    let tensor = TensorComparison(
      name: "a.weight", elementCount: 4096, numbers: ForwardSamples.numbers(0.1),
      hasSameBytes: false)
    let withTensors = ForwardSamples.proof([component], comparisons: [tensor]).json["worst"]
    let withoutTensors = ForwardSamples.proof([component]).json["worst"]
    #expect(withTensors?["name"]?.text == "a.weight")
    let module = try #require(component.worstModule)
    #expect(withoutTensors?["name"]?.text == "unet.\(module.path)")
    #expect(keys(withTensors) == keys(withoutTensors))
  }

  @Test("has null for what is not finite")
  func nonFinite() throws {
    let component = ForwardSamples.unet { depth, _, _ in depth < 0.5 ? 0 : .infinity }
    let text = ForwardSamples.proof([component]).json.compactText
    let json = try JSONValue(parsing: Array(text.utf8))
    let unet = try #require(json["forward"]?["components"]?.elements?.first)
    #expect(unet["first_divergent"]?["relative_l2"] == .null)
    let first = try #require(unet["modules"]?.elements?.first)
    let last = try #require(unet["modules"]?.elements?.last)
    #expect(first["relative_l2"]?.double == 0 && first["snr_db"] == .null)
    #expect(last["relative_l2"] == .null && last["snr_db"] == .null)
  }
}
