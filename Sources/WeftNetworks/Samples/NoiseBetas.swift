import WeftTensors

#if canImport(Glibc)
  import Glibc
#endif

/// The variance of the noise that each timestep adds, computed in float32 as diffusers does, or in float64 as the
/// original code of Stable Diffusion does.
///
/// Source: https://github.com/huggingface/diffusers/blob/v0.42.1/src/diffusers/schedulers/scheduling_ddim.py
struct NoiseBetas<Number: BinaryFloatingPoint> {
  private let betas: [Number]

  /// Reads the four numbers of a `scheduler_config.json`.
  init(_ file: NetworkConfiguration) throws {
    let count = try file.count("num_train_timesteps") ?? 1000
    guard count <= Self.mostTimesteps else {
      throw file.wrong("num_train_timesteps", "a number up to \(Self.mostTimesteps)")
    }
    let start = try file.exactNumber("beta_start") ?? 1e-4
    let end = try file.exactNumber("beta_end") ?? 0.02
    guard max(start, end) < 1 else { throw file.wrong("beta_end", "a number below 1") }
    try file.require("beta_schedule", ["linear", "scaled_linear", "squaredcos_cap_v2"])
    switch try file.text("beta_schedule") {
    case "scaled_linear":
      betas = Self.spaced(start.squareRoot(), end.squareRoot(), count).map { $0 * $0 }
    case "squaredcos_cap_v2": betas = Self.squaredCosine(count)
    default: betas = Self.spaced(start, end, count)
    }
  }

  private init(_ betas: [Number]) { self.betas = betas }

  /// More than any model was trained with; a stranger's file must not make a table without end.
  private static var mostTimesteps: Int { 100_000 }

  /// What is left of the signal's variance after each timestep: the product is kept in double, each entry rounded.
  var signal: [Float] {
    var product = 1.0
    return betas.map { beta in
      product *= Double(1 - beta)
      return Float(product)
    }
  }

  /// The same noise, stretched until nothing of the signal is left at the end.
  ///
  /// Source: https://arxiv.org/abs/2305.08891, algorithm 1
  func withoutLastSignal() -> NoiseBetas {
    let roots = signal.map { Number($0).squareRoot() }
    guard let first = roots.first, let last = roots.last, first > last else { return self }
    let factor = first / (first - last)
    let kept = roots.map { (root: Number) -> Number in
      let stretched = (root - last) * factor
      return stretched * stretched
    }
    return NoiseBetas(zip([1] + kept, kept).map { earlier, later in 1 - later / earlier })
  }

  /// Evenly spaced numbers as `torch.linspace` has them: from both ends to the middle, each by one fused operation.
  private static func spaced(_ start: Double, _ end: Double, _ count: Int) -> [Number] {
    let (start, end) = (Number(start), Number(end))
    let step = (end - start) / Number(max(1, count - 1))
    return (0..<count).map { index in
      index < count / 2
        ? start.addingProduct(step, Number(index))
        : end.addingProduct(-step, Number(count - 1 - index))
    }
  }

  /// Steps along the square of a cosine, none of which takes more than 99.9 percent of the signal.
  private static func squaredCosine(_ count: Int) -> [Number] {
    func signal(_ index: Int) -> Double {
      let root = cos((Double(index) / Double(count) + 0.008) / 1.008 * Double.pi / 2)
      return root * root
    }
    return (0..<count).map { Number(min(1 - signal($0 + 1) / signal($0), 0.999)) }
  }
}
