import Foundation
import Testing
import WeftFiles
import WeftFormats
import WeftTensors

/// A file for `weft inspect`, and what it must say.
struct Specimen: Sendable, CustomTestStringConvertible {
  let architecture: String
  let component: String?
  let layout: String
  let kind: String
  let because: String
  var testDescription: String { "\(architecture) \(component ?? "whole") \(layout)" }

  /// Small widths, of which no architecture has any.
  static let widths: [String: Dimensions] = [
    "vae": ["channels": .list([32, 32, 32, 32])],
    "text_encoder": ["width": .integer(32)],
    "text_encoder_2": ["width": .integer(64)],
  ]

  /// Writes the file; the values are a hole in it.
  func write(to path: String) throws {
    let library = try FormatLibrary.embedded()
    let model = try #require(library.architecture(architecture))
    var overrides = Self.widths
    for name in ["unet", "controlnet"] {
      guard case .list(let channels)? = try model.component(name)?.dimensions()["channels"] else {
        continue
      }
      overrides[name] = ["channels": .list(channels.map { $0 / 10 })]
    }
    let schema = try model.expanded(overrides, only: component)
    let tensors = try model.arrange(
      schema.map { ($0.name, $0.shape) }, layout: layout, alone: component != nil
    ).tensors.compactMap { TensorInfo(name: $0.name, dtype: .f16, shape: $0.shape) }
    let header = try SafetensorsLayout(tensors: tensors, metadata: [:], path: path).headerBytes
    try Data(header).write(to: URL(fileURLWithPath: path))
    let file = try #require(FileHandle(forWritingAtPath: path))
    try file.truncate(
      atOffset: UInt64(header.count + tensors.reduce(0) { $0 + $1.byteCount }))
    try file.close()
  }
}

@Suite("weft inspect on every kind of model")
struct InspectTests {
  static let specimens = [
    Specimen(
      architecture: "sd15-ip2p", component: nil, layout: "ldm", kind: "checkpoint",
      because: "8 input channels: instruct-pix2pix"),
    Specimen(
      architecture: "sd2-inpaint", component: "unet", layout: "diffusers", kind: "unet",
      because: "1024 features a token: SD2"),
    Specimen(
      architecture: "sdxl-inpaint", component: "unet", layout: "diffusers", kind: "unet",
      because: "9 input channels: inpainting"),
    Specimen(
      architecture: "sdxl-ip2p", component: nil, layout: "ldm", kind: "checkpoint",
      because: "2048 features a token: SDXL"),
    Specimen(
      architecture: "sdxl", component: "unet", layout: "ldm", kind: "unet",
      because: "three blocks, as SDXL has"),
    Specimen(
      architecture: "sd15", component: "controlnet", layout: "ldm", kind: "controlnet",
      because: "768 features a token: SD1"),
    Specimen(
      architecture: "sd2", component: "controlnet", layout: "diffusers", kind: "controlnet",
      because: "1024 features a token: SD2"),
    Specimen(
      architecture: "sdxl", component: "controlnet", layout: "diffusers", kind: "controlnet",
      because: "only a ControlNet has"),
    Specimen(
      architecture: "sd15", component: "text_encoder", layout: "diffusers", kind: "text-encoder",
      because: "no more than 12 layers, as CLIP ViT-L/14 has"),
    Specimen(
      architecture: "sd2", component: "text_encoder", layout: "ldm", kind: "text-encoder",
      because: "no more than 24 layers, as OpenCLIP ViT-H/14 has"),
    Specimen(
      architecture: "sdxl", component: "text_encoder_2", layout: "diffusers", kind: "text-encoder",
      because: "what is there is the same in sdxl, sdxl-refiner, sdxl-inpaint, sdxl-ip2p"),
    Specimen(
      architecture: "sd15", component: "vae", layout: "ldm", kind: "vae",
      because: "what is there is the same in sd15, sd2, sdxl"),
  ]

  @Test("the kind, the architecture, the layout and the reasons are told", arguments: specimens)
  func inspect(specimen: Specimen) throws {
    let folder = try Folder()
    let path = folder.path("file.safetensors")
    try specimen.write(to: path)
    let result = try Tool.run("inspect", path, "--json")
    #expect(result.status == 0, "\(result.errors)")
    let json = try result.json()
    #expect(json["kind"] as? String == specimen.kind)
    #expect(json["architecture"] as? String == specimen.architecture)
    #expect(json["layout"] as? String == specimen.layout)
    let evidence = try #require(json["evidence"] as? [String])
    #expect(evidence.contains { $0.contains(specimen.because) }, "\(evidence)")
  }
}
