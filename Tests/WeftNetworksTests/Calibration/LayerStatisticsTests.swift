import Testing
import WeftTestSupport
import WeftFiles
import WeftKernels
import WeftNetworks
import WeftTensors

struct LayerStatisticsTests {
  /// The golden is of float64: this is what float32 makes of sums of squares.
  private let tolerance = 1e-5

  private func inputs(_ name: String) throws -> UNet.Inputs {
    let golden = try Golden(name)
    var inputs = UNet.Inputs(
      sample: try golden.tensor("in.sample"), timesteps: try golden.tensor("in.timestep").floats,
      prompt: Conditioning(text: try golden.tensor("in.context")))
    if golden.checkpoint["in.text_embeds"] != nil {
      inputs.pooledText = try golden.tensor("in.text_embeds")
      inputs.timeIDs = try golden.tensor("in.time_ids")
    }
    return inputs
  }

  private func measured(
    _ tiny: TinyUNet, _ backend: any Backend, runs: Int = 1
  ) throws -> [(path: String, energy: InputEnergy)] {
    let statistics = LayerStatistics(threads: 2)
    let network = try tiny.network(backend)
    for _ in 0..<runs {
      _ = try network(try inputs(tiny.name), Pass(backend, inputs: statistics))
    }
    return statistics.layers
  }

  /// The golden's layers, by path: sums, then their count and the largest magnitude.
  private func expected(_ name: String) throws -> [(path: String, values: [Double])] {
    try Golden("energies").checkpoint.tensors.filter { $0.info.name.hasPrefix(name + "/") }.map {
      let bytes = try $0.bytes()
      let values = stride(from: 0, to: bytes.count, by: 8).map { start in
        Double(
          bitPattern: bytes[start..<start + 8].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        )
      }
      return (String($0.info.name.dropFirst(name.count + 1)), values)
    }
  }

  @Test(arguments: [TinyUNet.sd15, .sdxl])
  func `measures what torch's hooks see in float64`(_ tiny: TinyUNet) throws {
    let layers = try measured(tiny, ReferenceBackend(threads: 2))
    let golden = try expected(tiny.name)
    #expect(golden.count >= 3)
    for (path, values) in golden {
      let energy = try #require(layers.first { $0.path == path }?.energy, "\(path)")
      #expect(energy.sums.count == values.count - 2, "\(path)")
      #expect(energy.count == Int(values[values.count - 2]), "\(path)")
      #expect(
        abs(Double(energy.largest) - values[values.count - 1]) <= tolerance
          * values[values.count - 1])
      // A channel that is all but zero has the rounding of the others.
      let largest = values.dropLast(2).max() ?? 0
      for (found, wanted) in zip(energy.sums, values) {
        #expect(abs(found - wanted) <= tolerance * max(wanted, 1e-3 * largest), "\(path)")
      }
    }
  }

  @Test(arguments: [TinyUNet.sd15, .sd2, .sdxl])
  func `sees every convolution and linear layer, with a sum for each weight of a row`(
    _ tiny: TinyUNet
  ) throws {
    let layers = try measured(tiny, ReferenceBackend(threads: 2))
    let source = try tiny.source()
    let weights = source.shapes.filter { $0.value.rank > 1 && $0.key.hasSuffix(".weight") }
    #expect(Set(layers.map { $0.path + ".weight" }) == Set(weights.keys))
    for (path, energy) in layers {
      let shape = try #require(weights[path + ".weight"])
      #expect(energy.sums.count == shape.dimensions.dropFirst().reduce(1, *), "\(path)")
    }
  }

  @Test func `runs add up, and looking changes no bit of the output`() throws {
    let backend = try ReferenceBackend(threads: 2)
    let (once, twice) = (
      try measured(.sd15, backend), try measured(.sd15, backend, runs: 2)
    )
    for (one, two) in zip(once, twice) {
      #expect(one.path == two.path && two.energy.count == 2 * one.energy.count)
      #expect(one.energy.largest == two.energy.largest)
      for (a, b) in zip(one.energy.sums, two.energy.sums) { #expect(b == 2 * a) }
    }
    let network = try TinyUNet.sd15.network(backend)
    let alone = try network(try inputs("sd15_unet"), Pass(backend))
    let watched = try network(
      try inputs("sd15_unet"), Pass(backend, inputs: LayerStatistics(threads: 1)))
    #expect(alone.floats.map(\.bitPattern) == watched.floats.map(\.bitPattern))
  }

  /// What rounding to bfloat16 does to sums of squares of small networks' activations.
  static let precisions: [(FastBackend.Precision, tolerance: Double)] = [
    (.f32, 1e-4), (.bf16, 0.1),
  ]

  @Test(.enabled(if: OneDNN.isBuilt), arguments: precisions)
  func `sees the same on the fast backend`(
    _ precision: FastBackend.Precision, _ tolerance: Double
  ) throws {
    let fast = try measured(.sdxl, FastBackend(threads: 2, precision: precision))
    let reference = try measured(.sdxl, ReferenceBackend(threads: 2))
    #expect(fast.map(\.path) == reference.map(\.path))
    for ((path, found), (_, expected)) in zip(fast, reference) {
      #expect(found.count == expected.count, "\(path)")
      let (sum, wanted) = (found.sums.reduce(0, +), expected.sums.reduce(0, +))
      #expect(abs(sum - wanted) <= tolerance * wanted, "\(path)")
      #expect(
        abs(found.largest - expected.largest) <= Float(tolerance) * expected.largest, "\(path)")
    }
  }
}
