import WeftKernels
import WeftTensors

/// What a network runs on while it is calibrated.
package struct CalibrationSet {
  /// One or several runs that belong together.
  private enum Item {
    case single(NetworkInputs)
    /// A latent on its way from noise to a picture: the inputs at the first timestep, and all timesteps.
    case path(NetworkInputs, timesteps: [Int])

    var runCount: Int {
      switch self {
      case .single: 1
      case .path(_, let timesteps): timesteps.count
      }
    }

    var inputs: NetworkInputs {
      switch self {
      case .single(let inputs), .path(let inputs, _): inputs
      }
    }
  }

  /// The most runs of one latent: fewer make bad pictures, more leave less for other prompts.
  private static let pathLength = 8

  private let items: [Item]
  private let schedule: NoiseSchedule?

  /// Takes inputs as they are.
  package init(_ inputs: [NetworkInputs]) {
    items = inputs.map { .single($0) }
    schedule = nil
  }

  /// Takes samples, each as the start of a path; the paths have so many runs together.
  init(paths samples: [SampleInputs.Sample], runCount: Int, _ schedule: NoiseSchedule) {
    let count = max(1, samples.count)
    items = samples.enumerated().map { index, sample in
      let length = runCount / count + (index < runCount % count ? 1 : 0)
      // Spread, so that paths meet different amounts of noise.
      let phase = (Double(index) + 0.5) / Double(count)
      return .path(
        sample.inputs, timesteps: schedule.timesteps(max(1, length), phase: phase))
    }
    self.schedule = schedule
  }

  /// How many paths so many runs are.
  static func pathCount(_ runCount: Int) -> Int { max(1, (runCount + pathLength - 1) / pathLength) }

  /// How often the network runs.
  package var runCount: Int { items.reduce(0) { $0 + $1.runCount } }

  /// The inputs of every kind, for what they need.
  package var inputs: [NetworkInputs] { items.map(\.inputs) }

  /// Runs a network on everything.
  func run(_ predict: (NetworkInputs) throws -> [NamedTensor]) throws {
    for item in items {
      switch item {
      case .single(let inputs): _ = try predict(inputs)
      case .path(let first, let timesteps):
        guard let schedule else { continue }
        try DenoisingPath(schedule: schedule).run(first, timesteps: timesteps, predict)
      }
    }
  }
}
