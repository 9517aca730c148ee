import Testing
import WeftFormats
import WeftTensors

@Suite("Spellings write what naming schemes read")
struct AdapterSpellingTests {
  static let ids = ["kohya", "kohya-diffusers", "diffusers"]

  @Test(
    "every module of every architecture gets a name that means it alone, but for the VAE",
    arguments: ids, architectureIDs)
  func roundTrip(id: String, architecture: String) throws {
    let library = try library.get()
    let spelling = try #require(library.spelling(id))
    let model = try #require(library.architecture(architecture))
    let table = try AliasTableTests.table(architecture)
    var stems: Set<String> = []
    for module in table.modules where !["vae", "controlnet"].contains(module.component) {
      let stem = try #require(try spelling.stem(of: module, in: model), "\(module)")
      #expect(stems.insert(stem).inserted, "\(stem)")
      guard case .module(let found, _) = table.resolve(stem) else {
        Issue.record("\(stem) of \(module): \(table.resolve(stem))")
        continue
      }
      #expect(found == module)
    }
    #expect(stems.count > 300)
    let vae = CanonicalModule(component: "vae", path: "encoder.conv_in")
    #expect(try spelling.stem(of: vae, in: model) == nil)
  }

  @Test(
    "SDXL has SGM names where programs know no others",
    arguments: [
      ("kohya", "up_blocks.0.upsamplers.0.conv", "lora_unet_output_blocks_2_2_conv"),
      ("kohya", "down_blocks.0.downsamplers.0.conv", "lora_unet_input_blocks_3_0_op"),
      ("kohya", "mid_block.resnets.0.norm2", "lora_unet_middle_block_0_out_layers_0"),
      (
        "kohya-diffusers", "up_blocks.0.upsamplers.0.conv",
        "lora_unet_up_blocks_0_upsamplers_0_conv"
      ),
      ("diffusers", "mid_block.attentions.0.proj_in", "unet.mid_block.attentions.0.proj_in"),
    ])
  func sdxl(id: String, path: String, stem: String) throws {
    let library = try library.get()
    let model = try #require(library.architecture("sdxl"))
    let module = CanonicalModule(component: "unet", path: path)
    #expect(try library.spelling(id)?.stem(of: module, in: model) == stem)
  }

  @Test("suffixes are those of the families that read them")
  func suffixes() throws {
    let library = try library.get()
    for spelling in library.spellings {
      for role in ["down", "up"] {
        let suffix = try #require(spelling.suffix(of: role))
        let reading = AdapterReading(
          [tensor("a" + suffix, [4, 4])], library: library)
        #expect(reading.leftovers.first?.reason.contains("'\(role)'") == true)
      }
    }
    let kohya = try #require(library.spelling("kohya"))
    for (roles, family) in [
      (["diff", "diff_b"], "full"), (["w_norm", "b_norm"], "norm"), (["set_weight"], "set-weight"),
      (["down", "up", "alpha"], "lora"),
    ] {
      let names = try roles.map { "a" + (try #require(kohya.suffix(of: $0))) }
      let reading = AdapterReading(names.map { tensor($0, [4, 4]) }, library: library)
      #expect(reading.modules.map(\.family.id) == [family])
    }
    #expect(library.spelling("diffusers")?.suffix(of: "diff") == nil)
  }

  @Test("each program reads the spelling that is chosen for it")
  func programs() throws {
    let library = try library.get()
    #expect(library.programs.count > 2)
    for program in library.programs {
      let spelling = try #require(library.spelling(program.naming), "\(program.id)")
      #expect(program.roles.isSuperset(of: ["down", "up"]))
      #expect(program.roles.allSatisfy { spelling.suffix(of: $0) != nil })
    }
  }
}
