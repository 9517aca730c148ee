import WeftKernels
import WeftVerify

/// Reports of forward passes through a UNet that is made up, with the module paths of Stable Diffusion 1.
enum ForwardSamples {
  /// How far a module is off: its place from 0 to 1, its path and the number of the case to a relative L2 error.
  typealias ErrorOf = (_ depth: Double, _ path: String, _ index: Int) -> Double

  /// Six sets of inputs.
  static let cases = ([981, 801, 601, 401, 201, 21] as [Int]).enumerated().map { index, timestep in
    ForwardReport.Case(
      title: "t \(timestep), \(index % 2 == 0 ? "16 × 24" : "24 × 16"), prompt \(index % 3 + 1)",
      timestep: timestep)
  }

  /// What is accepted.
  static let tolerance = ForwardReport.Tolerance(
    outputs: 4e-3, modules: 5e-3, reason: "F16 weights, computed in float32")

  /// The paths of the modules, in the order in which they end.
  static let paths: [String] = {
    var paths = ["time_embedding.linear_1", "time_embedding.linear_2", "time_embedding", "conv_in"]
    for level in 0..<4 {
      paths += block("down_blocks.\(level)", 2, level < 3, level < 3 ? "down" : nil)
    }
    paths += block("mid_block", 2, true, nil)
    for level in 0..<4 {
      paths += block("up_blocks.\(level)", 3, level > 0, level < 3 ? "up" : nil)
    }
    return paths + ["conv_norm_out", "conv_out"]
  }()

  private static func block(
    _ path: String, _ count: Int, _ hasAttention: Bool, _ sampler: String?
  ) -> [String] {
    var paths: [String] = []
    for step in 0..<count {
      paths += resnet.map { "\(path).resnets.\(step)\($0)" }
      if hasAttention { paths += transformer.map { "\(path).attentions.\(step)\($0)" } }
    }
    if let sampler {
      paths += ["\(path).\(sampler)samplers.0.conv", "\(path).\(sampler)samplers.0"]
    }
    return paths + [path]
  }

  private static let resnet = [".norm1", ".conv1", ".time_emb_proj", ".norm2", ".conv2", ""]
  private static let transformer =
    [".norm", ".proj_in"]
    + [
      "norm1", "attn1.to_q", "attn1.to_k", "attn1.to_v", "attn1.to_out.0", "attn1", "norm2",
      "attn2.to_q", "attn2.to_k", "attn2.to_v", "attn2.to_out.0", "attn2", "norm3", "ff.net.0.proj",
      "ff.net.0", "ff.net.2", "ff",
    ].map { ".transformer_blocks.0.\($0)" } + [".transformer_blocks.0", ".proj_out", ""]

  /// A comparison with a relative L2 error; of values that are not finite where that is infinite.
  static func numbers(_ error: Double) -> Comparison {
    var numbers = Comparison()
    (numbers.count, numbers.sumSquaredA, numbers.sumSquaredB) = (4096, 4096, 4096)
    numbers.dot = 4096
    guard error > 0 else { return numbers }
    numbers.different = 4000
    guard error.isFinite else {
      numbers.nonFiniteMismatches = 7
      return numbers
    }
    numbers.sumSquaredDifference = 4096 * error * error
    numbers.dot = 4096 * (1 - error * error / 2)
    numbers.maxDifference = error * 4
    return numbers
  }

  /// A network whose modules are off as `error` says, and whose output is like its last module.
  static func unet(
    name: String = "unet", paths: [String] = Self.paths,
    tolerance: ForwardReport.Tolerance = tolerance,
    cases: [ForwardReport.Case] = cases, _ error: ErrorOf
  ) -> ForwardReport.Component {
    let modules = paths.enumerated().map { place, path in
      let depth = Double(place) / Double(max(1, paths.count - 1))
      return ForwardReport.Module(
        path: path, numbers: cases.indices.map { numbers(error(depth, path, $0)) })
    }
    let outputs = [ForwardReport.Module(path: "sample", numbers: modules.last?.numbers ?? [])]
    return ForwardReport.Component(
      name: name, cases: cases, outputs: outputs, modules: modules, tolerance: tolerance)
  }

  /// Errors as rounding to 16 bits makes them, which grow with depth.
  static func rounding(_ depth: Double, _ path: String, _ index: Int) -> Double {
    if path.hasPrefix("time_embedding") { return 3e-4 }
    // Scattered without a generator: the same in every run.
    let scatter =
      Double((path.utf8.reduce(index * 37) { ($0 &* 31 &+ Int($1)) % 1009 }) % 100) / 100
    return 2e-4 * (1 + 4 * depth) * (0.6 + scatter) * (1 + 0.12 * Double(index))
  }

  /// Errors of a module that was swapped: everything from `up_blocks.1` on is off.
  static func swapped(_ depth: Double, _ path: String, _ index: Int) -> Double {
    let isAfter =
      paths.firstIndex(of: path) ?? 0 >= paths.firstIndex(of: "up_blocks.1.resnets.0.norm1") ?? 0
    return rounding(depth, path, index) * (isAfter ? 300 : 0.01)
  }

  /// A proof with a report.
  static func proof(
    _ components: [ForwardReport.Component], comparisons: [TensorComparison] = [],
    passes: Bool = true, detail: String = "6 cases"
  ) -> Proof {
    Proof(
      level: .weights, checks: [Proof.Check(name: "outputs", passes: passes, detail: detail)],
      tensorCount: comparisons.count, comparisons: comparisons,
      forward: ForwardReport(components: components))
  }
}
