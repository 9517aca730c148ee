import Testing
import WeftTestSupport
import WeftKernels
import WeftNetworks
import WeftTensors
import WeftTransform

/// What a UNet of SDXL says of inputs; only the shapes of its weights are looked at.
struct InputCheckTests {
  /// Inputs and the words of the refusal.
  struct Case: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let change: @Sendable (inout [String: InputTensor]) -> Void
    let what: String
    let advice: String

    init(
      _ description: String, what: String, advice: String,
      _ change: @escaping @Sendable (inout [String: InputTensor]) -> Void
    ) {
      testDescription = description
      self.change = change
      self.what = what
      self.advice = advice
    }
  }

  private static func zeros(_ shape: Shape) -> InputTensor {
    InputTensor(Tensor(shape, [Float](repeating: 0, count: shape.checkedElementCount ?? 0)))
  }

  private static let sound: [String: InputTensor] = [
    "sample": zeros([2, 4, 16, 12]), "timestep": InputTensor([1], [601]),
    "encoder_hidden_states": zeros([2, 77, 160]), "text_embeds": zeros([2, 96]),
    "time_ids": InputTensor([2, 6], [Int](repeating: 128, count: 12)),
  ]

  static let cases = [
    Case(
      "several are missing",
      what: "3 inputs are missing: timestep [N or 1], text_embeds [N, P], time_ids [N, K]",
      advice: "add them to the file"
    ) {
      for name in ["timestep", "text_embeds", "time_ids"] { $0[name] = nil }
    },
    Case(
      "unknown", what: "an input is unknown: 'context'",
      advice: "the network takes sample [N, 4, H, W], timestep [N or 1], "
        + "encoder_hidden_states [N, T, 160], text_embeds [N, P], time_ids [N, K], "
        + "down_residual.{i} [N, C, H, W], mid_residual [N, C, H, W]"
    ) { $0["context"] = zeros([1]) },
    Case(
      "the wrong rank", what: "an input is of the wrong shape: sample [4, 16, 12]",
      advice: "give sample [N, 4, H, W]"
    ) { $0["sample"] = zeros([4, 16, 12]) },
    Case(
      "the wrong channels and context",
      what: "2 inputs are of the wrong shape: sample [2, 9, 16, 12], "
        + "encoder_hidden_states [2, 77, 64]",
      advice: "give sample [N, 4, H, W], encoder_hidden_states [N, T, 160]"
    ) {
      $0["sample"] = zeros([2, 9, 16, 12])
      $0["encoder_hidden_states"] = zeros([2, 77, 64])
    },
    Case(
      "nothing", what: "an input is of the wrong shape: sample [2, 4, 0, 12]",
      advice: "give sample [N, 4, H, W]"
    ) { $0["sample"] = zeros([2, 4, 0, 12]) },
    Case(
      "batches that differ",
      what: "the inputs are for different numbers of items: sample 2, timestep 1, "
        + "encoder_hidden_states 1, text_embeds 2, time_ids 2", advice: "give as many of each"
    ) { $0["encoder_hidden_states"] = zeros([1, 77, 160]) },
    Case(
      "gaps in a series",
      what: "2 inputs are missing: down_residual.0 [N, C, H, W], down_residual.2 [N, C, H, W]",
      advice: "add them to the file"
    ) {
      $0["down_residual.1"] = zeros([2, 32, 16, 12])
      $0["down_residual.3"] = zeros([2, 32, 16, 12])
    },
    Case(
      "not finite", what: "an input is NaN, infinite or too large for float32: timestep",
      advice: "give finite values, or let them through with --allow-non-finite"
    ) { $0["timestep"] = InputTensor(Tensor([1], [.nan])) },
  ]

  private func check(_ inputs: [String: InputTensor]) throws {
    let folder = try ModelFolder()
    let path = try folder.write(try TinyUNet.sdxl.source())
    let model = try ComponentModel(
      try #require(ComponentKind.named("unet")),
      of: AdaptedModel(try BaseModel.openAnything(path, library: folder.library)),
      configPath: nil, library: folder.library, reader: folder.reader)
    try model.check(NetworkInputs(inputs))
  }

  @Test(arguments: cases) func `that do not fit are named, with what fits`(_ bad: Case) throws {
    var inputs = Self.sound
    bad.change(&inputs)
    let error = #expect(throws: NetworkError.self) { try check(inputs) }
    #expect(error?.what == bad.what)
    #expect(error?.advice == bad.advice)
    #expect(error?.status == .badData)
  }

  @Test func `that fit pass, with a timestep for each item or for all`() throws {
    try check(Self.sound)
    var each = Self.sound
    each["timestep"] = InputTensor(Tensor([2], [601.5, 3]))
    try check(each)
  }

  @Test func `ids of tokens must be integers`() throws {
    let folder = try ModelFolder()
    let model = try ComponentModel(
      try #require(ComponentKind.named("text-encoder")),
      of: AdaptedModel(
        try BaseModel.openAnything(try folder.writeMicro(), library: folder.library)),
      configPath: nil, library: folder.library, reader: folder.reader)
    try model.check(NetworkInputs(["input_ids": InputTensor([1, 3], [1, 2, 3])]))
    let error = #expect(throws: NetworkError.self) {
      try model.check(NetworkInputs(["input_ids": Self.zeros([1, 3])]))
    }
    #expect(error?.what == "an input is of floats, but ids are integers: input_ids")
  }

  @Test func `too little memory is refused with what is needed`() {
    let need = MemoryNeed(weightByteCount: 3 << 30, activationByteCount: 300 << 20)
    #expect(throws: Never.self) { try need.check(available: 4 << 30, path: "m") }
    let error = #expect(throws: NetworkError.self) {
      try need.check(available: 2 << 30, path: "m")
    }
    #expect(error?.status == .inputOutput)
    #expect(
      error?.what
        == "this takes about 3372 MiB of memory (3072 MiB of weights, 300 MiB of activations), "
        + "but 2048 MiB are available")
    let kept = MemoryNeed(
      weightByteCount: 1 << 30, activationByteCount: 1 << 30, expansionByteCount: 1 << 20)
    #expect(
      #expect(throws: NetworkError.self) { try kept.check(available: 1 << 30, path: "m") }?.what
        == "this takes about 2049 MiB of memory (1024 MiB of weights, 1 MiB to expand the largest "
        + "of them, 1024 MiB of activations), but 1024 MiB are available")
  }
}
