import ArgumentParser
import WeftInference
import WeftVerify

/// Which pictures `verify` makes.
struct ImageOptions: ParsableArguments {
  @Option(
    name: .customLong("prompt"), parsing: .singleValue,
    help: ArgumentHelp(
      "Make a picture of this prompt; may be given again. Without it prompts that are built in are taken.",
      valueName: "text"))
  var prompts: [String] = []

  @Option(help: ArgumentHelp("The seed of the noise.", valueName: "number"))
  var seed: Int?

  @Option(help: ArgumentHelp("The number of steps (default: 10).", valueName: "count"))
  var steps: Int?

  @Option(
    help: ArgumentHelp(
      "The size of the pictures in pixels (default: half of what the model was made for, each way).",
      valueName: "WxH"))
  var size: String?

  /// Whether anything was given.
  var isGiven: Bool { !prompts.isEmpty || seed != nil || steps != nil || size != nil }

  func validate() throws {
    if let seed, seed < 0 { throw ValidationError("--seed must be a number from 0 up") }
    if let steps, !(1...Self.mostSteps).contains(steps) {
      throw ValidationError("--steps must be a number from 1 to \(Self.mostSteps)")
    }
    _ = try pictureSize()
  }

  private static let mostSteps = 1000

  /// The size that `--size` says; nil where it is not given.
  private func pictureSize() throws -> PictureSize? {
    guard let size else { return nil }
    let sides = size.lowercased().split(separator: "x", omittingEmptySubsequences: false)
      .map { Int($0) }
    guard sides.count == 2, let width = sides[0], let height = sides[1], width > 0, height > 0,
      width <= Self.mostPixels, height <= Self.mostPixels, width % 8 == 0, height % 8 == 0
    else {
      throw ValidationError(
        "--size must be two multiples of 8 up to \(Self.mostPixels), such as 512x768")
    }
    return PictureSize(width: width, height: height)
  }

  private static let mostPixels = 16384

  /// The options as the prover takes them.
  func prover(
    tolerance: Double?, _ computing: BackendOptions, threads: Int
  ) throws -> ImageProver.Options {
    var options = ImageProver.Options()
    options.prompts = prompts
    options.seed = seed ?? options.seed
    options.stepCount = steps ?? options.stepCount
    options.size = try pictureSize()
    options.tolerance = tolerance
    if computing.backend == .fast {
      options.candidateBackend = { try computing.pictureBackend(threads: threads, for: $0) }
      options.computedType = computing.precision.tolerated
    }
    options.keepsCandidateWeights = computing.weights == .keep
    return options
  }
}
