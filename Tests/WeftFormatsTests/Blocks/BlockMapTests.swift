import Testing
import WeftFormats
import WeftTensors

@Suite("BlockMap")
struct BlockMapTests {
  static func map(_ id: String) throws -> BlockMap {
    let library = try library.get()
    return try BlockMap(for: try #require(library.architecture(id)), library: library)
  }

  @Test(
    "a tensor's block is that of its place in the LDM layout",
    arguments: [
      ("sd15", "unet", "time_embedding.linear_1.weight", "IN00"),
      ("sd15", "unet", "conv_in.weight", "IN00"),
      ("sd15", "unet", "down_blocks.0.resnets.0.norm1.weight", "IN01"),
      ("sd15", "unet", "down_blocks.0.attentions.1.proj_in.bias", "IN02"),
      ("sd15", "unet", "down_blocks.0.downsamplers.0.conv.weight", "IN03"),
      ("sd15", "unet", "down_blocks.2.downsamplers.0.conv.weight", "IN09"),
      ("sd15", "unet", "down_blocks.3.resnets.1.conv2.weight", "IN11"),
      ("sd15", "unet", "mid_block.attentions.0.norm.weight", "M00"),
      ("sd15", "unet", "mid_block.resnets.1.conv1.bias", "M00"),
      ("sd15", "unet", "up_blocks.0.upsamplers.0.conv.weight", "OUT02"),
      ("sd15", "unet", "up_blocks.1.attentions.0.proj_out.weight", "OUT03"),
      ("sd15", "unet", "up_blocks.3.resnets.2.conv1.weight", "OUT11"),
      ("sd15", "unet", "conv_norm_out.weight", "OUT11"),
      ("sd15", "unet", "conv_out.bias", "OUT11"),
      ("sd15", "text_encoder", "text_model.final_layer_norm.weight", "BASE"),
      ("sd15", "vae", "encoder.conv_in.weight", "BASE"),
      ("sd2", "unet", "up_blocks.2.upsamplers.0.conv.weight", "OUT08"),
      ("sd15-inpaint", "unet", "conv_in.weight", "IN00"),
      ("sdxl", "unet", "add_embedding.linear_2.weight", "IN00"),
      ("sdxl", "unet", "down_blocks.1.downsamplers.0.conv.weight", "IN06"),
      ("sdxl", "unet", "up_blocks.0.upsamplers.0.conv.weight", "OUT02"),
      ("sdxl", "unet", "conv_out.weight", "OUT08"),
      ("sdxl", "text_encoder_2", "text_projection.weight", "BASE"),
      ("sdxl-refiner", "unet", "conv_out.weight", "OUT11"),
    ])
  func places(id: String, component: String, path: String, block: String) throws {
    let name = CanonicalName(component: component, path: path)
    #expect(try Self.map(id).block(of: name) == block)
    #expect(try Self.map(id).block(of: name.module) == block)
  }

  @Test(
    "every block of the UNet has tensors, and no tensor is of another",
    arguments: [
      ("sd15", 12), ("sd2", 12), ("sdxl", 9), ("sdxl-refiner", 12), ("sdxl-inpaint", 9),
    ])
  func complete(id: String, count: Int) throws {
    let map = try Self.map(id)
    let architecture = try #require(try library.get().architecture(id))
    let blocks = Set(try architecture.expanded(only: "unet").map { map.block(of: $0.name) })
    let numbers = (0..<count).map { $0 < 10 ? "0\($0)" : "\($0)" }
    #expect(blocks == Set(numbers.map { "IN" + $0 } + numbers.map { "OUT" + $0 } + ["M00"]))
  }

  @Test(
    "the block is the number in a tensor's name in real files",
    arguments: [
      ("sd15", "sd15.unet", 11), ("sd2", "sd21.unet", 11), ("sdxl", "sdxl.unet", 8),
      ("sdxl-refiner", "sdxl_refiner.unet", 11),
    ])
  func goldens(id: String, golden: String, last: Int) throws {
    let map = try Self.map(id)
    let rows = try #require(try Goldens.shared.get().rows[golden])
    for row in rows {
      let name = CanonicalName(component: "unet", path: row.path)
      #expect(map.block(of: name) == Self.block(ofFileName: row.layout, last: last))
    }
  }

  /// The block as the name in a file has it.
  private static func block(ofFileName name: String, last: Int) -> String {
    let parts = name.split(separator: ".")
    func numbered(_ letters: String, _ number: Int) -> String {
      letters + (number < 10 ? "0" : "") + String(number)
    }
    return switch parts[0] {
    case "input_blocks": numbered("IN", Int(parts[1]) ?? -1)
    case "output_blocks": numbered("OUT", Int(parts[1]) ?? -1)
    case "middle_block": "M00"
    case "out": numbered("OUT", last)
    default: "IN00"
    }
  }
}
