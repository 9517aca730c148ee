import Testing
import WeftTestSupport
import WeftKernels
import WeftNetworks
import WeftTensors

/// Weights of a file that no architecture is known for are not compared with one before they are used.
struct UnfitWeightsTests {
  struct Change: Sendable, CustomTestStringConvertible {
    let module: String
    let weight: Shape
    let bias: Shape?

    init(_ module: String, _ weight: Shape, bias: Shape? = nil) {
      (self.module, self.weight, self.bias) = (module, weight, bias)
    }

    var testDescription: String { "\(module) \(weight)" }
  }

  static let changes = [
    Change("conv_in", [32, 4, 9]),
    Change("conv_in", [32, 4, 3, 3], bias: [16]),
    Change("conv_norm_out", [16], bias: [16]),
    Change("conv_norm_out", [], bias: []),
    Change("time_embedding.linear_2", [64, 128], bias: [64]),
    Change("down_blocks.0.resnets.0.time_emb_proj", [64, 128], bias: [64]),
    Change("down_blocks.0.resnets.0.conv2", [64, 32, 3, 3], bias: [64]),
    Change("down_blocks.1.resnets.0.conv_shortcut", [32, 32, 1, 1], bias: [32]),
    Change("down_blocks.0.attentions.0.transformer_blocks.0.attn1.to_v", [64, 32]),
    Change("down_blocks.0.attentions.0.transformer_blocks.0.attn2.to_k", [30, 64]),
    Change(
      "down_blocks.0.attentions.0.transformer_blocks.0.ff.net.0.proj", [255, 32], bias: [255]),
    Change("down_blocks.0.attentions.0.proj_in", [32, 32, 1, 2]),
    Change("down_blocks.0.attentions.0.proj_out", [64, 32, 1, 1], bias: [64]),
    Change("down_blocks.0.resnets.0.conv1", [32, 32, 0, 3]),
    Change("down_blocks.0.resnets.0.conv1", [32, 32, 4, 3]),
    Change("down_blocks.0.resnets.0.conv2", [0, 32, 3, 3], bias: [0]),
    Change("mid_block.resnets.0.norm1", [1, 96], bias: [96]),
    Change("up_blocks.0.upsamplers.0.conv", [64, 96, 3, 3], bias: [64]),
  ]

  @Test(arguments: changes)
  func `are refused in words`(_ change: Change) throws {
    let backend = try ReferenceBackend(threads: 1)
    let tiny = TinyUNet.sd15
    var shapes = try tiny.source().shapes
    shapes["\(change.module).weight"] = change.weight
    if let bias = change.bias { shapes["\(change.module).bias"] = bias }
    let source = HashSource(tag: tiny.name, shapes: shapes)
    let inputs = UNet.Inputs(
      sample: Tensor([1, 4, 16, 16], [Float](repeating: 0.5, count: 1024)), timesteps: [500],
      prompt: Conditioning(
        text: Tensor([1, 77, 64], [Float](repeating: 0.1, count: 77 * 64))))
    let error = #expect(throws: NetworkError.self) {
      try UNet(source, tiny.configuration, backend)(inputs, Pass(backend))
    }
    #expect(error?.status == .badData)
  }

  static let variants: [(String, JSONValue)] = [
    ("flip_sin_to_cos", .bool(false)), ("freq_shift", .integer(1)),
    ("only_cross_attention", .bool(true)), ("class_embed_type", .string("timestep")),
    ("resnet_time_scale_shift", .string("scale_shift")), ("time_cond_proj_dim", .integer(256)),
    ("act_fn", .string("gelu")), ("attention_head_dim", .integer(0)),
  ]

  @Test(arguments: variants)
  func `of a variant that is not computed are refused`(
    _ key: String, _ value: JSONValue
  ) throws {
    let file = NetworkConfiguration(.object([.init(key, value)]), path: "config.json")
    let error = #expect(throws: NetworkError.self) {
      try UNet(try TinyUNet.sd15.source(), file, try ReferenceBackend(threads: 1))
    }
    #expect(error?.what.contains("'\(key)'") == true)
  }
}
