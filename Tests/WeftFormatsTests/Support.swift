import Foundation
import Testing
import WeftFormats
import WeftTensors

/// The root of the repository.
let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
  .deletingLastPathComponent()

/// The library that is compiled in, read once for all tests.
let library = Result { try FormatLibrary.embedded() }

/// A line of `Fixtures/keymaps.json`.
struct Row: Hashable {
  let layout: String
  let path: String
  let layoutShape: Shape
  let shape: Shape
}

/// The key maps of the real models, made with other libraries.
struct Goldens {
  let rows: [String: [Row]]
  let parameters: [String: Int]

  static let shared = Result { try Goldens() }

  init() throws {
    let json = try fixture("keymaps.json")
    var rows: [String: [Row]] = [:]
    var parameters: [String: Int] = [:]
    for model in try #require(json["models"]?.members) {
      var last = ["", "", "", ""]
      for line in model.value["rows"]?.elements ?? [] {
        let fields = (line.text ?? "").split(separator: "|", omittingEmptySubsequences: false)
        last = zip(fields, last).map { field, last in
          let parts = field.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
          return String(last.prefix(Int(parts[0]) ?? 0) + parts[1])
        }
        rows[model.key, default: []].append(
          Row(layout: last[0], path: last[1], layoutShape: shape(last[2]), shape: shape(last[3])))
      }
      parameters[model.key] = model.value["parameters"]?.integer
    }
    self.rows = rows
    self.parameters = parameters
  }
}

/// A file of `Tests/Fixtures`.
func fixture(_ name: String) throws -> JSONValue {
  let data = try Data(contentsOf: root.appending(path: "Tests/Fixtures/\(name)"))
  return try JSONValue(parsing: [UInt8](data))
}

/// The shape that a text such as `320x4x3x3` stands for.
func shape(_ text: some StringProtocol) -> Shape {
  Shape(text.split(separator: "x").compactMap { Int($0) })
}

/// A tensor of 16-bit floats.
func tensor(_ name: String, _ shape: Shape, _ dtype: DType = .f16) -> TensorInfo {
  guard let info = TensorInfo(name: name, dtype: dtype, shape: shape) else {
    preconditionFailure("\(name) is too large")
  }
  return info
}

/// The header of a safetensors file.
func header(of url: URL) throws -> (tensors: [TensorInfo], metadata: [String: String]) {
  let bytes = [UInt8](try Data(contentsOf: url))
  let count = bytes.prefix(8).reversed().reduce(0) { $0 << 8 | Int($1) }
  let json = try JSONValue(parsing: Array(bytes[8..<(8 + count)]))
  var tensors: [TensorInfo] = []
  var metadata: [String: String] = [:]
  for member in json.members ?? [] {
    if member.key == "__metadata__" {
      for pair in member.value.members ?? [] { metadata[pair.key] = pair.value.text }
      continue
    }
    let dimensions = (member.value["shape"]?.elements ?? []).compactMap(\.integer)
    let dtype = DType(rawValue: member.value["dtype"]?.text ?? "") ?? .f32
    tensors.append(tensor(member.key, Shape(dimensions), dtype))
  }
  return (tensors, metadata)
}

/// The folder of real files beside the repository, or nil on machines that do not have it.
let sharedData: URL? = {
  let path = ProcessInfo.processInfo.environment["WEFT_SHARED"]
  let url = path.map { URL(filePath: $0) } ?? root.appending(path: "../shared")
  let data = url.appending(path: "data")
  return FileManager.default.fileExists(atPath: data.path) ? data : nil
}()

/// A whole model of an architecture in a layout, as the header of its file would say.
func model(
  _ id: String, layout: String, overrides: [String: Dimensions] = [:],
  only component: String? = nil
) throws -> [TensorInfo] {
  let architecture = try #require(try library.get().architecture(id))
  let canonical = try architecture.expanded(overrides, only: component).map { ($0.name, $0.shape) }
  return try architecture.arrange(canonical, layout: layout, alone: component != nil).tensors
    .map { tensor($0.name, $0.shape) }
}

/// The dimensions of a small model of an architecture, or of the one that it is like.
func small(_ id: String) throws -> [String: Dimensions] {
  let architecture = try library.get().architecture(id)
  return tiny[id] ?? tiny[architecture?.like ?? ""] ?? [:]
}

/// The names of all architectures of whole models.
let architectureIDs =
  (try? library.get().architectures.filter { $0.component("unet") != nil }.map(\.id)) ?? []

/// The dimensions of small models.
let tiny: [String: [String: Dimensions]] = [
  "sd15": [
    "unet": ["channels": .list([32, 64, 128, 128]), "context": .integer(32)],
    "vae": ["channels": .list([32, 32, 32, 32]), "layers": .integer(1)],
    "text_encoder": ["width": .integer(32), "layers": .integer(2), "vocabulary": .integer(512)],
    "controlnet": [
      "channels": .list([32, 64, 128, 128]), "context": .integer(32),
      "hint": .list([8, 16, 24, 32]),
    ],
  ],
  "sd2": [
    "unet": ["channels": .list([32, 64, 96, 96]), "context": .integer(96)],
    "vae": ["channels": .list([32, 64, 96, 96])],
    "text_encoder": ["width": .integer(96), "layers": .integer(3)],
    "controlnet": ["channels": .list([32, 64, 96, 96]), "context": .integer(96)],
  ],
  "sdxl": [
    "unet": [
      "channels": .list([32, 64, 96]), "context": .integer(160), "depth": .list([0, 2, 3]),
      "mid_depth": .integer(3), "up_depth": .list([3, 2, 0]), "added": .integer(192),
    ],
    "vae": ["channels": .list([32, 64, 96, 96])],
    "text_encoder": ["width": .integer(64), "layers": .integer(3)],
    "text_encoder_2": ["width": .integer(96), "layers": .integer(4)],
    "controlnet": [
      "channels": .list([32, 64, 96]), "context": .integer(160), "depth": .list([0, 2, 3]),
      "mid_depth": .integer(3), "added": .integer(192),
    ],
  ],
  "sdxl-refiner": [
    "unet": [
      "channels": .list([32, 64, 96, 96]), "context": .integer(96), "depth": .list([0, 2, 2, 0]),
      "mid_depth": .integer(2), "up_depth": .list([0, 2, 2, 0]), "added": .integer(192),
    ],
    "vae": ["channels": .list([32, 64, 96, 96])],
    "text_encoder_2": ["width": .integer(96), "layers": .integer(4)],
  ],
]
