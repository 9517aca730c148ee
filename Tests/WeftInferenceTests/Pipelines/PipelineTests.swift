import Foundation
import Testing
import WeftKernels
import WeftTensors
import WeftTestSupport

/// Whole pictures against those of diffusers on the same weights.
@Suite struct PipelineTests {
  /// What a chain of float32 networks and steps may take apart in another order of sums; the specification allows ten times
  /// as much.
  private static let tolerance = 5e-5
  /// The least agreement of pictures, in decibels.
  private static let agreement = 60.0

  @Test(arguments: PipelineCase.fromNoise + PipelineCase.fromPictures)
  func `a picture is that of diffusers`(_ pipeline: PipelineCase) throws {
    let golden = try PipelineGolden(pipeline.golden)
    let run = try pipeline.run()
    // diffusers counts the two questions of PLMS's first step as two steps.
    let extra = golden.stepCount - run.steps.count
    #expect(extra == (pipeline.sampler == "pndm" ? 1 : 0))
    for (step, latents) in run.steps.enumerated() {
      let wanted = try pipeline.part(of: golden.latents(step: step + extra))
      #expect(relativeL2(latents.floats, wanted) < Self.tolerance, "step \(step)")
    }
    let wanted = try pipeline.part(of: golden.image)
    #expect(decibels(run.images[0].floats, wanted) > Self.agreement)
  }

  private func decibels(_ values: [Float], _ wanted: [Float]) -> Double {
    let sum = zip(values, wanted).reduce(0.0) { $0 + Double($1.0 - $1.1) * Double($1.0 - $1.1) }
    return sum == 0 ? .infinity : -10 * log10(sum / Double(values.count))
  }
}
