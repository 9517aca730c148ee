import Testing
import WeftInference

/// Predictions that become one.
struct GuidanceTests {
  @Test func `guidance and its rescaling are those of diffusers, for each picture`() throws {
    let golden = try SamplingGolden("schedulers")
    let (without, with) = (try golden.floats("cfg.uncond"), try golden.floats("cfg.cond"))
    let plain = Guidance(scale: 7.5).combined(
      unconditional: without, conditional: [(1, with)], pictureCount: 2)
    #expect(relativeL2(plain, try golden.floats("cfg.out7_5")) <= 1e-6)
    let rescaled = Guidance(scale: 7.5, rescale: 0.7).combined(
      unconditional: without, conditional: [(1, with)], pictureCount: 2)
    #expect(relativeL2(rescaled, try golden.floats("cfg.rescaled_phi0_7")) <= 1e-6)
  }

  @Test func `several prompts add up`() {
    let guided = Guidance(scale: 2).combined(
      unconditional: [1, 1], conditional: [(0.5, [3, 1]), (0.25, [1, 5])])
    // 1 + 2 · 0.5 · (3 - 1) and 1 + 2 · 0.25 · (5 - 1)
    #expect(guided == [3, 3])
  }

  @Test func `a prediction without spread stays as it is`() {
    let guided = Guidance(scale: 3, rescale: 0.5).combined(
      unconditional: [1, 1], conditional: [(1, [1, 1])])
    #expect(guided == [1, 1])
  }

  @Test func `the prediction without a prompt is asked for above 1 only`() {
    #expect([0, 1, 1.01].map { Guidance(scale: $0).asksWithoutPrompt } == [false, false, true])
  }
}
