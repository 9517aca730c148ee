import Foundation
import Testing
import WeftFormats
import WeftTensors

@Suite("FolderFiles")
struct FolderFilesTests {
  /// A folder of `Fixtures/folders.json`, which diffusers has opened.
  struct Golden {
    let name: String
    let architecture: String
    var prediction = Prediction.epsilon
    var alone: String?
  }

  private static let goldens = [
    Golden(name: "sd15", architecture: "sd15"),
    Golden(name: "sd15-inpaint", architecture: "sd15-inpaint"),
    Golden(
      name: "sd15-v", architecture: "sd15",
      prediction: Prediction(.velocity, hasZeroTerminalSNR: true)),
    Golden(name: "sd2", architecture: "sd2"),
    Golden(name: "sd2-v", architecture: "sd2", prediction: .velocity),
    Golden(name: "sdxl", architecture: "sdxl"),
    Golden(
      name: "sdxl-v", architecture: "sdxl",
      prediction: Prediction(.velocity, hasZeroTerminalSNR: true)),
    Golden(
      name: "sdxl-edm", architecture: "sdxl", prediction: Prediction(.epsilon, isEDM: true)),
    Golden(
      name: "sdxl-edm-v", architecture: "sdxl", prediction: Prediction(.velocity, isEDM: true)),
    Golden(name: "sdxl-refiner", architecture: "sdxl-refiner"),
    Golden(name: "sd15-controlnet", architecture: "sd15", alone: "controlnet"),
    Golden(name: "sd2-controlnet", architecture: "sd2", alone: "controlnet"),
    Golden(name: "sdxl-controlnet", architecture: "sdxl", alone: "controlnet"),
  ]

  @Test("the files of a real model are those that diffusers opened", arguments: goldens)
  func golden(_ golden: Golden) throws {
    let wanted = try #require(try fixture("folders.json")["folders"]?[golden.name]?.members)
    let architecture = try #require(try library.get().architecture(golden.architecture))
    let files = try Self.files(golden, architecture).filter {
      $0.path.hasSuffix(".json") && !$0.path.hasSuffix("vocab.json")
    }
    #expect(files.map(\.path).sorted() == wanted.map(\.key).sorted())
    for file in files {
      let value = try JSONValue(parsing: file.bytes)
      #expect(value.canonical == wanted.first { $0.key == file.path }?.value.canonical)
    }
  }

  private static func files(
    _ golden: Golden, _ architecture: Architecture
  ) throws -> [FolderFile] {
    guard let alone = golden.alone else {
      return try library.get().folderFiles(
        architecture, components: folderComponents(of: architecture), dimensions: [:],
        prediction: golden.prediction)
    }
    let unet = try #require(architecture.component("unet")).dimensions()
    return [
      try library.get().configuration(
        of: alone, architecture, dimensions: unet, prediction: golden.prediction)
    ]
  }

  @Test("the sizes of a small model are in its configurations")
  func smallModel() throws {
    let architecture = try #require(try library.get().architecture("sdxl"))
    let recognition = try library.get().recognize(
      try model("sdxl", layout: "ldm", overrides: tiny["sdxl"] ?? [:]))
    let files = try Dictionary(
      uniqueKeysWithValues: library.get().folderFiles(
        architecture, components: folderComponents(of: architecture),
        dimensions: recognition.dimensions, prediction: .epsilon
      ).filter { $0.path.hasSuffix("/config.json") }
        .map { ($0.path, try JSONValue(parsing: $0.bytes)) })
    let unet = try #require(files["unet/config.json"])
    #expect(unet["block_out_channels"] == .array([32, 64, 96].map(JSONValue.integer)))
    #expect(unet["attention_head_dim"] == .array([1, 1, 1].map(JSONValue.integer)))
    #expect(unet["transformer_layers_per_block"] == .array([1, 2, 3].map(JSONValue.integer)))
    // 192 numbers less the 96 of the projected text, six times.
    #expect(unet["addition_time_embed_dim"] == .integer(16))
    #expect(files["text_encoder/config.json"]?["hidden_size"] == .integer(64))
    #expect(files["text_encoder_2/config.json"]?["num_hidden_layers"] == .integer(4))
  }

  @Test("a component that is not given is absent in the index, with its tokenizer and scheduler")
  func absentComponents() throws {
    let architecture = try #require(try library.get().architecture("sdxl"))
    let files = try library.get().folderFiles(
      architecture, components: ["vae", "text_encoder_2"], dimensions: [:], prediction: .epsilon)
    let paths = Set(files.map { $0.path.prefix { $0 != "/" } })
    #expect(paths == ["vae", "text_encoder_2", "tokenizer_2", "model_index.json"])
    let index = try JSONValue(
      parsing: try #require(files.first { $0.path == "model_index.json" }).bytes)
    for name in ["unet", "text_encoder", "tokenizer", "scheduler"] {
      #expect(index[name] == .array([.null, .null]), "\(name)")
    }
    #expect(index["vae"] == .array([.string("diffusers"), .string("AutoencoderKL")]))
  }

  @Test(
    "a variant has the pipeline of its own",
    arguments: [
      ("sd15-ip2p", "sd15", "StableDiffusionInstructPix2PixPipeline"),
      ("sd2-inpaint", "sd2", "StableDiffusionInpaintPipeline"),
      ("sdxl-inpaint", "sdxl", "StableDiffusionXLInpaintPipeline"),
      ("sdxl-ip2p", "sdxl", "StableDiffusionXLInstructPix2PixPipeline"),
      ("my-variant", "sd15", "StableDiffusionPipeline"),
    ])
  func variants(id: String, like: String, className: String) throws {
    let text = """
      {"source": "https://example.org", "id": "\(id)", "title": "x", "like": "\(like)",
       "components": {"unet": {"schema": "unet", "dimensions": {"in_channels": 9}}}}
      """
    let library = try FormatLibrary(overlay: [("architectures/\(id).json", Array(text.utf8))])
    let files = try library.folderFiles(
      try #require(library.architecture(id)), components: ["unet"], dimensions: [:],
      prediction: .epsilon)
    let index = try #require(files.first { $0.path == "model_index.json" })
    #expect(try JSONValue(parsing: index.bytes)["_class_name"]?.text == className)
  }

  @Test("a configuration is spelled as diffusers spells it")
  func spelling() throws {
    let architecture = try #require(try library.get().architecture("sdxl"))
    let file = try library.get().configuration(
      of: "vae", architecture, dimensions: [:], prediction: .epsilon)
    let text = String(decoding: file.bytes, as: UTF8.self)
    #expect(file.path == "config.json")
    #expect(text.hasPrefix("{\n  \"_class_name\": \"AutoencoderKL\",\n"))
    #expect(text.hasSuffix("    \"UpDecoderBlock2D\"\n  ]\n}\n"))
  }

  @Test("an architecture without a pipeline, and a component without a configuration, are refused")
  func refusals() throws {
    let mine = """
      {"source": "https://example.org", "id": "mine", "title": "Mine",
       "components": {"unet": {"schema": "unet", "dimensions": {}}}}
      """
    let overlaid = try FormatLibrary(overlay: [("architectures/mine.json", Array(mine.utf8))])
    let unknown = try #require(overlaid.architecture("mine"))
    #expect(throws: FormatError.noPipeline(architecture: "mine")) {
      try overlaid.folderFiles(
        unknown, components: ["unet"], dimensions: [:], prediction: .epsilon)
    }
    let known = try #require(overlaid.architecture("sd15"))
    #expect(throws: FormatError.self) {
      try overlaid.folderFiles(
        known, components: ["text_encoder_2"], dimensions: [:], prediction: .epsilon)
    }
  }

  @Test(
    "a mistake in a pipeline is refused, and the error names it",
    arguments: [
      (#""like": "nothing""#, "names a pipeline that is not known"),
      (#""like": "sd15", "files": {"unet/config.json": {"a": "=1 +"}}"#, "ends where"),
      (#""like": "sd15", "fils": {}"#, "unknown key 'fils'"),
      (#""like": "sd15", "files": {"a/b.json": {"x": {"when": "1"}}}"#, "needs 'then'"),
      (#""like": "sd15", "files": {"a/b.json": {"x": {"for": {}}}}"#, "needs one variable"),
      (#""like": "sd15", "prediction": {"otherwise": "noise"}"#, "must be epsilon, velocity"),
    ])
  func mistakes(members: String, message: String) throws {
    let text = #"{"source": "https://example.org", "id": "x", \#(members)}"#
    let error = #expect(throws: FormatError.self) {
      try FormatLibrary(overlay: [("pipelines/x.json", Array(text.utf8))])
    }
    #expect(try #require(error).description.contains(message))
    #expect(try #require(error).description.contains("formats/pipelines/x.json"))
  }

  @Test("an expression that divides by zero has no value")
  func division() throws {
    let text = #"""
      {"source": "https://example.org", "id": "sd15", "like": "stable-diffusion",
       "files": {"unet/config.json": {"x": "=7 / (linear * 2)"}}}
      """#
    let library = try FormatLibrary(overlay: [("pipelines/sd15.json", Array(text.utf8))])
    #expect(throws: FormatError.arithmetic(expression: "7 / 0", what: "has no value")) {
      try library.folderFiles(
        try #require(library.architecture("sd15")), components: ["unet"], dimensions: [:],
        prediction: .epsilon)
    }
  }
}
