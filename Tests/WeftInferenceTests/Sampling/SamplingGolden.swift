import Foundation
import Synchronization
import WeftFiles
import WeftFormats
import WeftInference
import WeftKernels
import WeftNetworks
import WeftTensors

/// What torch, diffusers and k-diffusion give, `Tests/Fixtures/inference/NAME.safetensors`.
struct SamplingGolden {
  let checkpoint: Checkpoint

  init(_ name: String) throws { checkpoint = try Self.opened.get(name) }

  /// The files that were opened, each once.
  private static let opened = Opened()

  private final class Opened: Sendable {
    private let checkpoints = Mutex<[String: Checkpoint]>([:])

    func get(_ name: String) throws -> Checkpoint {
      try checkpoints.withLock { checkpoints in
        if let known = checkpoints[name] { return known }
        let folder = URL(filePath: #filePath).deletingLastPathComponent()
          .deletingLastPathComponent().deletingLastPathComponent()
        let path = folder.appending(path: "Fixtures/inference/\(name).safetensors").path
        let checkpoint = try Checkpoint.open(path)
        checkpoints[name] = checkpoint
        return checkpoint
      }
    }
  }

  /// A stored tensor's bytes.
  func bytes(_ name: String) throws -> [UInt8] {
    guard let stored = checkpoint[name] else { throw Absent(name: name) }
    let bytes = ByteBuffer(byteCount: stored.info.byteCount)
    try stored.read(at: 0, into: bytes.all)
    return bytes.all.array
  }

  /// A stored tensor of F32, F16 or BF16 as float32.
  func floats(_ name: String) throws -> [Float] {
    guard let stored = checkpoint[name] else { throw Absent(name: name) }
    let bytes = ByteBuffer(byteCount: stored.info.byteCount)
    try stored.read(at: 0, into: bytes.all)
    let values = ByteBuffer(byteCount: stored.info.elementCount * 4)
    var tally = Tally()
    Kernels.best.convert(bytes.all, stored.info.dtype, into: values.all, .f32, tally: &tally)
    return values.all.array.withUnsafeBytes { Array($0.bindMemory(to: Float.self)) }
  }

  /// A stored tensor of F64.
  func doubles(_ name: String) throws -> [Double] {
    try bytes(name).withUnsafeBytes { Array($0.bindMemory(to: Double.self)) }
  }

  /// What the file says of its entries, a text of JSON.
  func metadata(_ key: String) throws -> JSONValue {
    guard let text = checkpoint.metadata[key] else { throw Absent(name: key) }
    return try JSONValue(parsing: Array(text.utf8))
  }

  struct Absent: Error { let name: String }
}

/// The network of the goldens: `y / (1 + |y|)` with `y = 0.9 x + c t / 1000`.
struct RationalNetwork {
  let offset: [Float]

  func callAsFunction(_ input: [Float], _ timestep: Double) -> [Float] {
    zip(input, offset).map { x, c in
      let y = 0.9 * x + c * Float(timestep / 1000)
      return y / (1 + abs(y))
    }
  }
}

/// What a sampler did with the goldens' network.
struct Trajectory {
  /// The timesteps at which it asked.
  var timesteps: [Double] = []
  /// The latent after each step, and how often the network had been asked by then.
  var ends: [(latent: [Float], calls: Int)] = []

  init(
    _ sampler: any Sampler, from latent: [Float], _ noise: any StepNoise,
    _ network: RationalNetwork, steps: Range<Int>? = nil
  ) throws {
    var (sampler, x) = (sampler, latent)
    for step in steps ?? 0..<sampler.stepCount {
      x = try sampler.step(step, x, noise) { input, timestep in
        timesteps.append(timestep)
        return network(input, timestep)
      }
      ends.append((x, timesteps.count))
    }
  }
}

/// What is compiled in, read once.
enum Known {
  static let library = Result { try FormatLibrary.embedded() }

  /// The samplers and schedules.
  static func catalog() throws -> SamplerCatalog { SamplerCatalog(try library.get()) }
}

/// Noise of one picture of 4 channels and 8 by 8 values.
func smallNoise(seed: UInt64) -> BatchNoise {
  BatchNoise(
    NoiseRequest(seed: seed, shape: LatentShape(channels: 4, height: 8, width: 8)))
}

/// How Stable Diffusion adds noise, with what else a configuration says.
func schedulerFile(_ own: [JSONValue.Member] = []) -> NetworkConfiguration {
  let usual: [JSONValue.Member] = [
    .init("beta_start", .number(0.00085)), .init("beta_end", .number(0.012)),
    .init("beta_schedule", .string("scaled_linear")),
    .init("num_train_timesteps", .integer(1000)),
  ]
  let keys = own.map(\.key)
  return NetworkConfiguration(
    .object(own + usual.filter { !keys.contains($0.key) }), path: "scheduler_config.json")
}

/// `‖a − b‖ / ‖b‖` in float64.
func relativeL2(_ a: [Float], _ b: [Float]) -> Double {
  guard a.count == b.count else { return .infinity }
  var (difference, norm) = (0.0, 0.0)
  for (x, y) in zip(a, b) {
    difference += (Double(x) - Double(y)) * (Double(x) - Double(y))
    norm += Double(y) * Double(y)
  }
  return (difference / norm).squareRoot()
}

/// The largest `|a − b|`.
func largestDifference(_ a: [Float], _ b: [Float]) -> Double {
  zip(a, b).reduce(a.count == b.count ? 0 : .infinity) { max($0, abs(Double($1.0) - Double($1.1))) }
}
