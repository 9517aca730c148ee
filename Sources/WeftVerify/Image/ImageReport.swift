package import WeftInference
package import WeftKernels

/// How a candidate makes pictures beside a reference, from the same prompts and the same noise.
package struct ImageReport: Sendable {
  /// What came of one step.
  package struct Step: Sendable {
    /// The timestep at which the network was asked, from 0 up to 1000.
    package let timestep: Double
    /// How the guided predictions differ when both networks look at the reference's latents: the candidate's own, so that
    /// errors of earlier steps have no part in them.
    package let prediction: Comparison
    /// How the latents differ after the step, each model having gone its own way.
    package let latents: Comparison

    /// Makes a step's result.
    package init(timestep: Double, prediction: Comparison, latents: Comparison) {
      (self.timestep, self.prediction, self.latents) = (timestep, prediction, latents)
    }
  }

  /// What came of one prompt.
  package struct Case: Sendable {
    /// The prompt.
    package let prompt: String
    /// The seed of the noise.
    package let seed: UInt64
    /// The steps in order.
    package let steps: [Step]
    /// The decoded pictures, the reference's first.
    package let pictures: PictureComparison
    /// The peak signal-to-noise ratio of the pictures in decibels; infinite when they are equal.
    package let decibels: Double
    /// The structural similarity of the pictures, up to 1; nil for pictures smaller than its window.
    package let similarity: Double?

    /// Makes a prompt's result.
    package init(prompt: String, seed: UInt64, steps: [Step], pictures: PictureComparison) {
      (self.prompt, self.seed, self.steps, self.pictures) = (prompt, seed, steps, pictures)
      (decibels, similarity) = (pictures.psnr, pictures.ssim)
    }
  }

  /// How the pictures were made, in words.
  package let settings: String
  /// The prompts.
  package let cases: [Case]
  /// What is accepted.
  package let tolerance: ImageTolerance

  /// Makes a report.
  package init(settings: String, cases: [Case], tolerance: ImageTolerance) {
    (self.settings, self.cases, self.tolerance) = (settings, cases, tolerance)
  }
}

extension ImageReport.Case {
  /// The largest relative L2 error of a prediction; infinite when one is not finite where the other is.
  package var worstPrediction: Double { steps.map(\.prediction.divergence).max() ?? 0 }

  /// The relative L2 error of the latents after the last step.
  package var lastLatents: Double { steps.last?.latents.divergence ?? 0 }

  /// Whether every prediction, all latents and the picture are the reference's.
  package var isEqual: Bool {
    decibels == .infinity
      && steps.allSatisfy { $0.prediction.divergence == 0 && $0.latents.divergence == 0 }
  }
}

extension ImageReport {
  /// The case whose picture is furthest off.
  package var worstCase: Case? { cases.min { $0.decibels < $1.decibels } }
}
