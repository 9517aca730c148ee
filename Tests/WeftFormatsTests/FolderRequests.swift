import Foundation
import Testing
import WeftFormats
import WeftTensors

/// Writes folders for `scripts/goldens/check_folder.py`, which opens them with diffusers itself.
@Suite("FolderRequests")
struct FolderRequests {
  /// A folder that the script asks for.
  struct Request {
    let out: URL
    let architecture: Architecture
    let components: [String]
    /// The only component, without the folder around it, or nil.
    let alone: String?
    let dimensions: [String: Dimensions]
    let prediction: Prediction
  }

  private static let path = ProcessInfo.processInfo.environment["WEFT_FOLDER_REQUESTS"]

  @Test(
    "the folders of a script are written",
    .enabled(if: path != nil, "WEFT_FOLDER_REQUESTS names the requests of check_folder.py"))
  func write() throws {
    let data = try Data(contentsOf: URL(filePath: try #require(Self.path)))
    for request in try #require(try JSONValue(parsing: [UInt8](data)).elements) {
      try Self.write(Request(request))
    }
  }

  private static func write(_ request: Request) throws {
    let library = try library.get()
    if let component = request.alone {
      let file = try library.configuration(
        of: component, request.architecture, dimensions: request.dimensions[component] ?? [:],
        prediction: request.prediction)
      return try write(file.bytes, to: request.out.appending(path: file.path))
    }
    let files = try library.folderFiles(
      request.architecture, components: request.components, dimensions: request.dimensions,
      prediction: request.prediction)
    for file in files { try write(file.bytes, to: request.out.appending(path: file.path)) }
    let tensors = try request.architecture.expanded(request.dimensions).map {
      JSONValue.Member($0.name.description, .array($0.shape.dimensions.map(JSONValue.integer)))
    }
    try write(
      Array(JSONValue.object(tensors).compactText.utf8),
      to: request.out.appending(path: "tensors.json"))
  }

  private static func write(_ bytes: [UInt8], to url: URL) throws {
    try FileManager.default.createDirectory(
      at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(bytes).write(to: url)
  }
}

extension FolderRequests.Request {
  /// Takes the architecture and its real dimensions, or recognises a checkpoint.
  init(_ value: JSONValue) throws {
    let library = try library.get()
    out = URL(filePath: try #require(value["out"]?.text))
    alone = value["alone"]?.text
    if let path = value["checkpoint"]?.text {
      let (tensors, metadata) = try header(of: URL(filePath: path))
      let recognition = try library.recognize(tensors, metadata: metadata)
      architecture = try #require(recognition.architecture)
      dimensions = recognition.dimensions
      components = dimensions.keys.sorted()
      prediction = try library.prediction(
        of: architecture, tensors: tensors.map(\.name), metadata: metadata
      ).prediction
    } else {
      let id = try #require(value["architecture"]?.text)
      architecture = try #require(library.architecture(id))
      // A ControlNet has the dimensions of the UNet that it was copied from.
      let unet = try #require(architecture.component("unet")).dimensions()
      dimensions = alone.map { [$0: unet] } ?? [:]
      components = folderComponents(of: architecture)
      prediction = Prediction(
        value["velocity"]?.bool == true ? .velocity : .epsilon, isEDM: value["edm"]?.bool == true,
        hasZeroTerminalSNR: value["zero_snr"]?.bool == true)
    }
  }
}

/// The components of a whole model, which a folder of it has.
func folderComponents(of architecture: Architecture) -> [String] {
  architecture.components.map(\.name)
    .filter { $0 == "unet" || $0 == "vae" || $0.hasPrefix("text_encoder") }
}
