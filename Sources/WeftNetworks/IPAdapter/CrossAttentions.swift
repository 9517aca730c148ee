package import WeftKernels
import WeftTensors

/// The attentions of a UNet to the prompt, in the order in which IP-Adapters number theirs.
///
/// diffusers lists the blocks that go down, those that go up, and the middle last, and each transformer's two attentions
/// one after the other, so that those to the prompt have the odd numbers.
/// Source: https://github.com/huggingface/diffusers/blob/v0.42.1/src/diffusers/models/unets/unet_2d_condition.py
package struct CrossAttentions {
  /// The modules' paths, such as `down_blocks.0.attentions.0.transformer_blocks.0.attn2`.
  package let paths: [String]
  /// The UNet.
  private let unet: any WeightSource

  /// Finds them by the weights' names.
  package init(_ unet: any WeightSource, _ backend: any Backend) {
    let loader = ModuleLoader(unet, backend)
    let ways = ["down_blocks", "up_blocks"].flatMap { way in
      (0..<loader.count(way, leaf: "resnets.0.conv1.weight")).map { loader["\(way).\($0)"] }
    }
    self.unet = unet
    paths = (ways + [loader["mid_block"]]).flatMap(Self.paths)
  }

  private static func paths(in block: ModuleLoader) -> [String] {
    (0..<block.count("attentions", leaf: "norm.weight")).flatMap { index in
      let attention = block["attentions.\(index)"]
      let depth = attention.count("transformer_blocks", leaf: "attn2.to_q.weight")
      return (0..<depth).map { attention["transformer_blocks.\($0).attn2"].path }
    }
  }

  /// The number that an IP-Adapter gives to one of them.
  static func number(_ index: Int) -> Int { 2 * index + 1 }

  /// The channels of one of them.
  func channels(_ path: String) -> Int { unet.shape("\(path).to_q.weight")?.rowCount ?? 0 }
}
