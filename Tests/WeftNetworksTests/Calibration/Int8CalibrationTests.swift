import Foundation
import Testing
import WeftTestSupport
import WeftFormats
import WeftNetworks
import WeftTensors
import WeftTransform

struct Int8CalibrationTests {
  private let folder: ModelFolder

  init() throws { folder = try ModelFolder() }

  private let sample = Int8Calibration(
    component: "unet",
    model: ModelFingerprint(
      shapes: String(repeating: "0a", count: 32), samples: String(repeating: "1b", count: 32)),
    runCount: 3,
    layers: [
      "conv_in": .init(
        inputMaximum: 4.25, productCount: 1e9, sensitivity: 0.5, choice: .bf16),
      "mid_block.resnets.0.conv1": .init(inputMaximum: 0.1, productCount: 3e9, choice: .int8),
      "conv_out": .init(inputMaximum: 0, productCount: 0),
    ])

  private func write(_ text: String) throws -> String {
    let path = folder.path("int8.json")
    try Data(text.utf8).write(to: URL(fileURLWithPath: path))
    return path
  }

  @Test func `what is written is read again`() throws {
    var sample = sample
    #expect(try Int8Calibration.read(write(sample.json.prettyText)) == sample)
    sample.error = 0.0125
    #expect(try Int8Calibration.read(write(sample.json.prettyText)) == sample)
    #expect(sample.chosenShare == 0.75)
  }

  /// A member of the whole, or of a layer, that is replaced; nil takes it away.
  struct Fault: Sendable {
    let key: String
    let value: JSONValue?
    var isOfLayer = false
    let words: String
  }

  static let faults = [
    Fault(key: "format", value: .string("imatrix"), words: "no calibration for 8-bit integers"),
    Fault(key: "format", value: nil, words: "no calibration for 8-bit integers"),
    Fault(key: "version", value: .integer(2), words: "its version is 2, not 1"),
    Fault(key: "version", value: nil, words: "its version is missing, not 1"),
    Fault(key: "component", value: .string("unett"), words: "'component' must be"),
    Fault(key: "runs", value: .integer(0), words: "'runs' must be"),
    Fault(key: "model", value: nil, words: "'model' must have"),
    Fault(key: "model", value: .object(["shapes": .string("x")]), words: "'model' must have"),
    Fault(key: "layers", value: .object([:]), words: "'layers' must have a layer"),
    Fault(key: "layers", value: .array([]), words: "'layers' must have a layer"),
    Fault(key: "input_max", value: nil, isOfLayer: true, words: "'input_max' of the layer 'a'"),
    Fault(key: "input_max", value: .number(-1), isOfLayer: true, words: "a number from 0 up"),
    Fault(key: "input_max", value: .number(1e39), isOfLayer: true, words: "a number from 0 up"),
    Fault(key: "products", value: nil, isOfLayer: true, words: "'products' of the layer 'a'"),
    Fault(key: "sensitivity", value: .string("low"), isOfLayer: true, words: "'sensitivity'"),
    Fault(key: "use", value: .string("int4"), isOfLayer: true, words: "must be int8 or bf16"),
  ]

  @Test(arguments: faults)
  func `what breaks a rule is refused in words`(_ fault: Fault) throws {
    func changed(_ members: [JSONValue.Member]) -> JSONValue {
      let others = members.filter { $0.key != fault.key }
      return .object(others + (fault.value.map { [.init(fault.key, $0)] } ?? []))
    }
    let members = sample.json.members ?? []
    let layer = changed([.init("input_max", .number(1)), .init("products", .integer(9))])
    let value =
      fault.isOfLayer
      ? JSONValue.object(
        members.map { member in
          member.key == "layers" ? .init("layers", .object([.init("a", layer)])) : member
        }) : changed(members)
    let path = try write(value.prettyText)
    let error = #expect(throws: NetworkError.self) { try Int8Calibration.read(path) }
    #expect(error?.what.contains(fault.words) == true && error?.status == .badData)
    #expect(error?.place == path)
  }

  private func component(_ path: String, _ kind: String = "unet") throws -> ComponentModel {
    try ComponentModel(
      try #require(ComponentKind.named(kind)),
      of: AdaptedModel(try BaseModel.openAnything(path, library: folder.library)),
      configPath: nil, library: folder.library, reader: folder.reader)
  }

  @Test func `is for the one model that it was made for`() throws {
    let source = try TinyUNet.sd15.source()
    let own = try component(try folder.write(source))
    let made = Int8Calibration(
      component: "unet", model: try own.fingerprint(), runCount: 1,
      layers: ["conv_in": .init(inputMaximum: 1, productCount: 1)])
    try made.check(own, path: "int8.json")

    let other = HashSource(tag: "other", shapes: source.shapes)
    let trained = try component(try folder.write(other, named: "other.safetensors"))
    expect("with other weights") { try made.check(trained, path: "int8.json") }
    let wider = try component(
      try folder.write(try TinyUNet.sd2.source(), named: "sd2.safetensors"))
    expect("for a model of another shape") { try made.check(wider, path: "int8.json") }
    let vae = try component(try folder.writeMicro(), "vae-decoder")
    expect("it is for unet, not vae-decoder") { try made.check(vae, path: "int8.json") }
  }

  private func expect(_ words: String, _ body: () throws -> Void) {
    let error = #expect(throws: NetworkError.self) { try body() }
    #expect(error?.what.contains(words) == true && error?.status == .refused)
  }
}
