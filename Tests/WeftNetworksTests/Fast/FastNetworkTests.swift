import Testing
import WeftTestSupport
import WeftKernels
import WeftNetworks
import WeftTensors

@Suite("Networks on the fast backend", .enabled(if: OneDNN.load(), "oneDNN is not installed"))
struct FastNetworkTests {
  /// Sums in another order than the goldens', on top of what float32 is away from float64.
  private let float32Tolerance = 5e-5
  /// Rounding in other places than torch's.
  private let bfloat16Margin = 1.3

  private func errors(
    _ network: FastNetworkCase, _ backend: FastBackend
  ) throws -> [(name: String, error: Double)] {
    try network.outputs(backend).map { output in
      let found = try backend.plain(output.found)
      #expect(found.shape == output.expected.shape, "\(output.name)")
      return (output.name, relativeL2(found.floats, output.expected.floats))
    }
  }

  @Test(arguments: FastNetworkCase.unets + FastNetworkCase.others, FastInstructionSet.available)
  func `compute what diffusers and transformers compute in float32`(
    _ network: FastNetworkCase, _ set: FastInstructionSet
  ) throws {
    let backend = try FastBackend(threads: 2, precision: .f32, set)
    for (name, error) in try errors(network, backend) {
      #expect(error <= float32Tolerance, "\(name): \(error)")
    }
  }

  @Test(arguments: FastNetworkCase.unets, FastInstructionSet.available)
  func `are no further from float64 in bfloat16 than torch is`(
    _ network: FastNetworkCase, _ set: FastInstructionSet
  ) throws {
    let backend = try FastBackend(threads: 2, precision: .bf16, set)
    let limit = bfloat16Margin * (try #require(network.measuredBFloat16))
    for (name, error) in try errors(network, backend) {
      #expect(error <= limit, "\(name): \(error)")
      #expect(error > float32Tolerance, "\(name): nothing was rounded")
    }
  }

  @Test(arguments: FastNetworkCase.others)
  func `keep close to float32 in bfloat16`(_ network: FastNetworkCase) throws {
    // The largest that torch's bfloat16 makes of the UNets, which are deeper.
    let limit = 0.04
    let backend = try FastBackend(threads: 2, precision: .bf16)
    for (name, error) in try errors(network, backend) {
      #expect(error <= limit, "\(name): \(error)")
    }
  }

  @Test(arguments: FastBackend.Precision.allCases)
  func `give the same bits from run to run`(_ precision: FastBackend.Precision) throws {
    let golden = try Golden("sd15_unet")
    func run() throws -> [Float] {
      let backend = try FastBackend(threads: 2, precision: precision)
      let network = try TinyUNet.sd15.network(backend)
      let inputs = try UNetTests.inputs(golden)
      // The second step has the prompt's keys and values of the first.
      _ = try network(inputs, Pass(backend))
      return try backend.plain(network(inputs, Pass(backend))).floats
    }
    #expect(try run() == run())
  }

  @Test(arguments: [(18, 22), (17, 16), (9, 25), (64, 8)], [1, 5])
  func `take latents that tile badly on any number of threads`(
    _ size: (height: Int, width: Int), _ threads: Int
  ) throws {
    var given = try UNetTests.inputs(try Golden("sd15_unet"), batch: 1)
    given.timesteps = [500]
    given.sample = Tensor.pattern([1, 4, size.height, size.width])
    let judge = try ReferenceBackend(threads: 2)
    let expected = try TinyUNet.sd15.network(judge)(given, Pass(judge))
    let backend = try FastBackend(threads: threads, precision: .f32)
    let found = try backend.plain(TinyUNet.sd15.network(backend)(given, Pass(backend)))
    #expect(relativeL2(found.floats, expected.floats) <= float32Tolerance)
  }

  @Test func `look at very long prompts`() throws {
    var given = try UNetTests.inputs(try Golden("sd15_unet"), batch: 1)
    given.prompt = Conditioning(text: Tensor.pattern([1, 77 * 20 + 3, 64]))
    given.timesteps = [500]
    given.sample = Tensor.pattern([1, 4, 16, 16])
    let judge = try ReferenceBackend(threads: 2)
    let expected = try TinyUNet.sd15.network(judge)(given, Pass(judge))
    let backend = try FastBackend(threads: 2, precision: .f32)
    let found = try backend.plain(TinyUNet.sd15.network(backend)(given, Pass(backend)))
    #expect(relativeL2(found.floats, expected.floats) <= float32Tolerance)
  }

  @Test func `compute measured layers with integers, close to what they are`() throws {
    let golden = try Golden("sd15_unet")
    let judge = try ReferenceBackend(threads: 2)
    let maxima = InputMaxima()
    let inputs = try UNetTests.inputs(golden)
    _ = try TinyUNet.sd15.network(judge)(inputs, Pass(judge, inputs: maxima))
    let backend = try FastBackend(threads: 2, precision: .int8, inputMaxima: maxima.values)
    let found = try backend.plain(TinyUNet.sd15.network(backend)(inputs, Pass(backend))).floats
    let error = relativeL2(found, try golden.tensor("out.sample").floats)
    // 127 steps to the largest magnitude are about 1 % of most values, in each of some tens of layers.
    #expect(error <= 0.2, "\(error)")
    let coarse = try FastBackend(threads: 2, precision: .bf16)
    let other = try coarse.plain(TinyUNet.sd15.network(coarse)(inputs, Pass(coarse))).floats
    #expect((found != other) == FastInstructionSet.best.computesIntegers)
  }
}

/// Keeps the largest magnitude of what goes into each layer.
private final class InputMaxima: InputObserver, @unchecked Sendable {
  private(set) var values: [String: Float] = [:]

  func observe(_ input: LayerInput) {
    let largest = input.values.floats.reduce(0) { max($0, abs($1)) }
    values[input.path] = max(values[input.path] ?? 0, largest)
  }
}
