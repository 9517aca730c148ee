import WeftFiles
import WeftFormats
import WeftInference
import WeftVerify

/// Reports of pictures that are made up.
enum ImageSamples {
  /// What is accepted.
  static func tolerance(_ prediction: Double = 0.02) throws -> ImageTolerance {
    ImageTolerance(
      prediction: prediction, reason: "for weights of F16",
      try FormatLibrary.embedded().tolerances)
  }

  /// A slope from dark to light with a disc on it, of which some values are off by as much as `distance`.
  static func picture(side: Int = 64, distance: Int = 0) -> Picture {
    let middle = side / 2
    let values = (0..<side * side).flatMap { index -> [UInt8] in
      let (row, column) = (index / side, index % side)
      let away = (row - middle) * (row - middle) + (column - middle) * (column - middle)
      let base = away < middle * middle / 3 ? [210, 120, 60] : [row * 2, column * 2, 90]
      let change = distance == 0 ? 0 : (row * 7 + column * 3) % (distance + 1)
      return base.map { UInt8(min(255, $0 + change)) }
    }
    return Picture(width: side, height: side, channelCount: 3, values: values)
  }

  /// A case whose errors grow from step to step.
  static func made(
    prompt: String = "a lighthouse", errors: [Double] = [1e-3, 2e-3, 4e-3], distance: Int = 1,
    side: Int = 64
  ) throws -> ImageReport.Case {
    let pictures = PictureComparison(
      picture(side: side), picture(side: side, distance: distance))
    let steps = errors.enumerated().map { index, error in
      ImageReport.Step(
        timestep: Double(900 - 300 * index), prediction: ForwardSamples.numbers(error),
        latents: ForwardSamples.numbers(error * Double(index + 1)))
    }
    guard let pictures else { throw NoComparison() }
    return ImageReport.Case(prompt: prompt, seed: 7, steps: steps, pictures: pictures)
  }

  /// A report of cases.
  static func report(
    _ cases: [ImageReport.Case], prediction: Double = 0.02
  ) throws -> ImageReport {
    ImageReport(
      settings: "64 × 64 pixels, 3 steps of euler", cases: cases,
      tolerance: try tolerance(prediction))
  }

  /// A proof of a report.
  static func proof(_ report: ImageReport) -> Proof {
    Proof(level: .weights, checks: [], tensorCount: 0, comparisons: []).adding(report)
  }

  struct NoComparison: Error {}
}
