import Foundation
import Testing
import WeftFiles
import WeftFormats
import WeftTensors
import WeftTransform

@Suite("A conversion")
struct ConvertTests {
  let workshop: Workshop

  init() throws { workshop = try Workshop() }

  static let wholeModels = [
    "sd15", "sd15-inpaint", "sd15-ip2p", "sd2", "sd2-inpaint", "sdxl", "sdxl-inpaint",
    "sdxl-ip2p", "sdxl-refiner",
  ]

  @Test("to a diffusers folder and back gives every tensor its bytes", arguments: wholeModels)
  func folderAndBack(id: String) throws {
    let base = try workshop.writeModel(id)
    let folder = workshop.path("\(id)-folder")
    let back = workshop.path("\(id)-back.safetensors")
    try workshop.convert(base, to: folder) { $0.format = .diffusers }
    try workshop.convert(folder, to: back)
    #expect(try contents(base) == contents(back))
  }

  @Test(
    "to another container and back gives every tensor its bytes",
    arguments: [ContainerFormat.torchZip, .safetensorsZst, .safetensorsWz, .safetensors], [1, 2, 3])
  func containersAndBack(format: ContainerFormat, threads: Int) throws {
    let base = try workshop.writeModel("sd15")
    let there = workshop.path("there")
    let back = workshop.path("back.safetensors")
    try workshop.convert(base, to: there, threads: threads) { $0.format = format }
    #expect(try Checkpoint.open(there).format == format)
    try workshop.convert(there, to: back, threads: threads)
    #expect(try contents(base) == contents(back))
  }

  @Test(
    "gives the same bytes for any number of threads",
    arguments: [ContainerFormat.torchZip, .safetensorsZst, .safetensorsWz, .safetensors])
  func threadsDoNotMatter(format: ContainerFormat) throws {
    let base = try workshop.writeModel("sd15")
    let digests = try [1, 2, 5].map { threads in
      let output = workshop.path("out-\(threads)")
      try workshop.convert(base, to: output, threads: threads) {
        $0.format = format
        $0.dtype = .bf16
      }
      return try InputFile.open(output).sha256()
    }
    #expect(Set(digests).count == 1)
  }

  @Test("of a type rounds each weight once and leaves schedules alone")
  func types() throws {
    let base = try workshop.writeModel("sd15", dtype: .f32)
    let output = workshop.path("half.safetensors")
    try workshop.convert(base, to: output) { $0.dtype = .f16 }
    let (wide, half) = (try Checkpoint.open(base), try Checkpoint.open(output))
    let name = "model.diffusion_model.input_blocks.1.0.in_layers.2.weight"
    let values = try #require(wide[name]).doubles()
    #expect(try #require(half[name]).doubles() == values.map { rounded($0, to: .f16) })
    #expect(half["alphas_cumprod"]?.info.dtype == .f32)
    #expect(try half["alphas_cumprod"]?.bytes() == wide["alphas_cumprod"]?.bytes())
  }

  @Test("into shards holds every tensor once, in files of the limited size")
  func shards() throws {
    let base = try workshop.writeModel("sd15")
    let output = workshop.path("model.safetensors")
    let plan = try workshop.convert(base, to: output) {
      $0.maximumShardByteCount = 1_000_000
      $0.stem = "model"
    }
    let largest = try Checkpoint.open(base).tensors.map(\.info.byteCount).max() ?? 0
    let shards = plan.layout.files.filter { $0.name.hasSuffix(".safetensors") }
    #expect(shards.count > 3)
    let header = 200_000  // generous room for a shard's header
    #expect(shards.allSatisfy { $0.byteCount <= max(1_000_000, largest) + header })
    #expect(!FileManager.default.fileExists(atPath: output))
    #expect(try contents(output + ".index.json") == contents(base))
  }

  @Test("into fewer shards removes those of the model that is replaced")
  func fewerShards() throws {
    let base = try workshop.writeModel("sd15")
    let output = workshop.path("shards/model.safetensors")
    try Paths.makeDirectory(workshop.path("shards"))
    var options = RunOptions(threads: 2)
    options.replaces = true
    for limit in [300_000, 3_000_000] {
      var recipe = ConvertRecipe(inputPath: base)
      recipe.output.maximumShardByteCount = limit
      let plan = try ConvertPlanner.plan(recipe, library: workshop.library, threads: 2)
      _ = try plan.runner(options: options).run(path: output, inputs: plan.inputFiles) { _ in }
      #expect(
        Paths.names(in: workshop.path("shards")) == plan.layout.files.map(\.name).sorted())
      #expect(try contents(output + ".index.json") == contents(base))
    }
  }

  @Test("of a folder whose parts are of different models is refused")
  func contradiction() throws {
    let folders = try ["sd15", "sdxl"].map { id in
      let folder = workshop.path(id)
      try workshop.convert(try workshop.writeModel(id), to: folder) { $0.format = .diffusers }
      return folder
    }
    try FileManager.default.removeItem(atPath: folders[0] + "/unet")
    try FileManager.default.copyItem(atPath: folders[1] + "/unet", toPath: folders[0] + "/unet")
    let error = #expect(throws: TransformError.self) {
      _ = try workshop.convert(folders[0], to: workshop.path("x.safetensors"))
      return
    }
    #expect(error?.status == .badData)
  }

  @Test("of a single component keeps its names or changes them alone", arguments: ["unet", "vae"])
  func components(name: String) throws {
    let base = try workshop.writeModel("sd15")
    let folder = workshop.path("whole")
    try workshop.convert(base, to: folder) { $0.format = .diffusers }
    let component = folder + "/" + name
    let ldm = workshop.path("\(name)-ldm.safetensors")
    try workshop.convert(component, to: ldm) { $0.layout = "ldm" }
    let back = workshop.path("\(name)-diffusers.safetensors")
    try workshop.convert(ldm, to: back) { $0.layout = "diffusers" }
    #expect(try contents(back) == contents(component))
    #expect(try contents(ldm).keys != contents(component).keys)
  }

  @Test("of tensors that nobody knows keeps them and changes their type")
  func unknown() throws {
    let input = workshop.path("odd.safetensors")
    try HashedFile.write(
      [
        try HashedFile.Tensor("x", Shape([3]), .f32, bytes: Array(repeating: 0, count: 12)),
        try HashedFile.Tensor("n", Shape([2]), .i32, bytes: [1, 0, 0, 0, 2, 0, 0, 0]),
      ], to: input, options: RunOptions(threads: 1))
    let output = workshop.path("odd.pt")
    try workshop.convert(input, to: output) {
      $0.format = .torchZip
      $0.dtype = .bf16
    }
    let result = try Checkpoint.open(output)
    #expect(result["x"]?.info.dtype == .bf16)
    #expect(try result["n"]?.bytes() == [1, 0, 0, 0, 2, 0, 0, 0])
    #expect(throws: TransformError.self) {
      try workshop.convert(input, to: workshop.path("odd/")) { $0.format = .diffusers }
    }
  }

  @Test("keeps the metadata and the recipes of all steps")
  func provenance() throws {
    let base = try workshop.writeModel("sd15")
    let first = workshop.path("first.ckpt")
    try workshop.convert(base, to: first) { $0.format = .torchZip }
    let second = workshop.path("second.safetensors")
    try workshop.convert(first, to: second) { $0.dtype = .bf16 }
    let metadata = try Checkpoint.open(second).metadata
    let recipe = try JSONValue(parsing: Array((metadata["weft.recipe"] ?? "").utf8))
    #expect(recipe["operation"]?.text == "convert")
    #expect(recipe["dtype"]?.text == "BF16")
    #expect(recipe["base_recipe"]?["operation"]?.text == "convert")
    #expect(metadata["format"] == "pt")
  }
}
