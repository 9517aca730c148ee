import Testing
import WeftTestSupport
import WeftFormats
import WeftKernels
import WeftNetworks
import WeftTensors
import WeftTransform

@Suite(
  "Trials of integers",
  .enabled(
    if: OneDNN.load() && FastInstructionSet.best.computesIntegers,
    "oneDNN or products of integers are missing"))
struct Int8TrialTests {
  private let folder: ModelFolder

  init() throws { folder = try ModelFolder() }

  /// The small UNet as a file, calibrated on one input.
  private func calibrated() throws -> (ComponentModel, NetworkInputs, Int8Calibration) {
    let path = try folder.write(try TinyUNet.sd15.source())
    let golden = try Golden("sd15_unet")
    let inputs = NetworkInputs([
      "sample": InputTensor(try golden.tensor("in.sample")), "timestep": InputTensor([1], [500]),
      "encoder_hidden_states": InputTensor(try golden.tensor("in.context")),
    ])
    var options = Calibrator.Options()
    options.inputs = [inputs]
    let model = AdaptedModel(try BaseModel.openAnything(path, library: folder.library))
    let calibrator = try Calibrator(
      try #require(ComponentKind.named("unet")), of: model, encoders: model,
      library: folder.library, backend: try ReferenceBackend(threads: 2), reader: folder.reader,
      options: options)
    let result = try calibrator.run(threads: 2) { _ in }
    return (calibrator.component, inputs, try result.int8())
  }

  @Test(arguments: [0.01, 0.05])
  func `choose layers whose error together keeps within the limit`(_ limit: Double) throws {
    let (component, inputs, calibration) = try calibrated()
    var runs = 0
    let chosen = try Int8Trial(component, inputs: [inputs], limit: limit, threads: 2).run(
      calibration
    ) { if case .ran = $0 { runs += 1 } }
    #expect(runs == calibration.layers.count + 1)
    #expect(try #require(chosen.error) <= limit)
    let share = try #require(chosen.chosenShare)
    #expect(share > 0 && share < 1)
    let harms = chosen.layers.values.compactMap(\.sensitivity)
    #expect(harms.count == calibration.layers.count && harms.contains { $0 > 0 })
    #expect(chosen.layers.values.contains { $0.choice == .bf16 })
  }

  @Test func `a wider limit lets more products be of integers`() throws {
    let (component, inputs, calibration) = try calibrated()
    let shares = try [0.01, 0.03, 1].map { limit in
      try Int8Trial(component, inputs: [inputs], limit: limit, threads: 2)
        .run(calibration) { _ in }.chosenShare ?? 0
    }
    #expect(shares[0] < shares[1] && shares[1] < shares[2])
    // All but the layers that save nothing.
    #expect(shares[2] > 0.95 && shares[2] < 1)
  }
}
