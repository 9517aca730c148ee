import Foundation
import Testing
import WeftFormats
import WeftTensors

@Suite("BlockWeights")
struct BlockWeightsTests {
  /// Presets are written with fifteen digits.
  static let digits = 1e-14

  static func weights(
    _ text: String, rest: Double? = nil, _ style: BlockWeights.Style, _ id: String
  ) throws -> BlockWeights {
    let library = try library.get()
    return try BlockWeights(
      parsing: text, rest: rest, style: style, architecture: try #require(library.architecture(id)),
      library: library)
  }

  /// A module of each block of SD1.
  static let modules: [(block: String, module: CanonicalModule)] = [
    ("BASE", "text_encoder", "text_model.final_layer_norm"),
    ("IN01", "unet", "down_blocks.0.resnets.0.norm1"),
    ("IN04", "unet", "down_blocks.1.attentions.0.proj_in"),
    ("IN08", "unet", "down_blocks.2.attentions.1.proj_in"),
    ("M00", "unet", "mid_block.resnets.0.conv1"),
    ("OUT03", "unet", "up_blocks.1.attentions.0.proj_in"), ("OUT11", "unet", "conv_out"),
  ].map { ($0.0, CanonicalModule(component: $0.1, path: $0.2)) }

  @Test(
    "presets of adapters weigh the blocks as LoRA Block Weight does",
    arguments: [
      ("NONE", [0, 0, 0, 0, 0, 0, 0]), ("ALL", [1, 1, 1, 1, 1, 1, 1]),
      ("ALL0.5", [0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5]), ("INS", [1, 1, 1, 0, 0, 0, 0]),
      ("IND", [1, 0, 0, 1, 0, 0, 0]), ("inall", [1, 1, 1, 1, 0, 0, 0]),
      ("MIDD", [1, 0, 0, 1, 1, 1, 0]), ("OUTD", [1, 0, 0, 0, 0, 1, 0]),
      ("OUTS", [1, 0, 0, 0, 0, 0, 1]), (" OutAll ", [1, 0, 0, 0, 0, 1, 1]),
    ] as [(String, [Double])])
  func adapterPresets(name: String, expected: [Double]) throws {
    let weights = try Self.weights(name, .adapter, "sd15")
    #expect(Self.modules.map { weights.weight(of: $0.module) } == expected)
  }

  @Test(
    "a list of numbers goes to the blocks of its length",
    arguments: [
      ("sd15", 17, ["BASE": 1, "IN01": 2, "IN08": 7, "M00": 8, "OUT03": 9, "OUT11": 17]),
      ("sd2-inpaint", 26, ["BASE": 1, "IN00": 2, "IN11": 13, "M00": 14, "OUT00": 15, "OUT11": 26]),
      ("sdxl", 12, ["BASE": 1, "IN04": 2, "IN08": 5, "M00": 6, "OUT00": 7, "OUT05": 12]),
      ("sdxl", 20, ["BASE": 1, "IN00": 2, "IN08": 10, "M00": 11, "OUT00": 12, "OUT08": 20]),
      ("sdxl", 26, ["BASE": 1, "IN08": 10, "M00": 14, "OUT00": 15, "OUT08": 23]),
      ("sdxl-refiner", 26, ["IN11": 13, "OUT11": 26]),
    ] as [(String, Int, [String: Double])])
  func lists(id: String, count: Int, expected: [String: Double]) throws {
    let text = (1...count).map(String.init).joined(separator: ", ")
    let weights = try Self.weights(text, .adapter, id)
    let architecture = try #require(try library.get().architecture(id))
    var found: [String: Double] = [:]
    for tensor in try architecture.expanded() {
      let block = weights.block(of: tensor.name.module)
      if expected[block] != nil { found[block] = weights.weight(of: tensor.name) }
    }
    #expect(found == expected)
  }

  @Test("a block that a list does not name is silent until its weight is given")
  func silence() throws {
    let conv = CanonicalModule(component: "unet", path: "down_blocks.0.downsamplers.0.conv")
    let open = try Self.weights("ALL0.5", .adapter, "sd15")
    #expect(!open.isSilent(on: conv) && open.weight(of: conv) == 0.5)
    let list = try Self.weights("INS", .adapter, "sd15")
    #expect(list.isSilent(on: conv) && list.block(of: conv) == "IN03")
    #expect(Self.modules.allSatisfy { !list.isSilent(on: $0.module) })
    let rest = try Self.weights("INS", rest: 0.25, .adapter, "sd15")
    #expect(!rest.isSilent(on: conv) && rest.weight(of: conv) == 0.25)
    #expect(rest.words == "BASE-IN04 1.0, IN05-OUT11 0.0, the rest 0.25")
  }

  @Test(
    "text that gives no weights is refused with what would do",
    arguments: [
      ("FLAT_25", BlockWeights.Style.adapter, "sd15", 64, "OUTALL"),
      ("INS", .merge, "sd15", 64, "GRAD_V"), ("", .adapter, "sd15", 64, "ALL"),
      ("1,2,x", .adapter, "sd15", 64, "\"x\""), ("1,,2", .adapter, "sd15", 64, "\"\""),
      ("1,nan", .adapter, "sd15", 64, "nan"), ("1,2", .adapter, "sd15", 2, "17 or 26"),
      ("INS", .adapter, "sdxl", 2, "12 or 20 or 26"), ("0.5", .merge, "sdxl", 2, "20 or 26"),
    ])
  func refusals(
    text: String, style: BlockWeights.Style, id: String, status: Int32, word: String
  ) throws {
    let error = #expect(throws: BlockWeightsError.self) { try Self.weights(text, style, id) }
    #expect(error?.status.rawValue == status)
    #expect(error?.description.contains(word) == true, "\(error?.description ?? "")")
  }

  /// The weights of IN00, ..., M00, ..., OUT11 of a preset for merging.
  private static func curve(_ name: String) throws -> [Double] {
    let weights = try Self.weights(name, .merge, "sd15")
    let architecture = try #require(try library.get().architecture("sd15"))
    var values: [String: Double] = [:]
    for tensor in try architecture.expanded(only: "unet") {
      values[weights.block(of: tensor.name.module)] = weights.weight(of: tensor.name)
    }
    let inner = values.filter { $0.key != "M00" }.sorted { $0.key < $1.key }.map(\.value)
    return inner.prefix(12) + [values["M00"] ?? .nan] + inner.suffix(12)
  }

  @Sendable private static func smoothstep(_ x: Double) -> Double { x * x * (3 - 2 * x) }
  /// There and back again between 0 and 1.
  @Sendable private static func folded(_ x: Double) -> Double {
    let rest = x.truncatingRemainder(dividingBy: 2)
    return rest <= 1 ? rest : 2 - rest
  }

  static let formulas: [String: @Sendable (Double) -> Double] = [
    "SMOOTHSTEP": { smoothstep($0) }, "REVERSE-SMOOTHSTEP": { 1 - smoothstep($0) },
    "SMOOTHSTEP*2": { folded(2 * smoothstep($0)) },
    "R_SMOOTHSTEP*2": { 1 - folded(2 * smoothstep($0)) },
    "SMOOTHSTEP*3": { folded(3 * smoothstep($0)) },
    "R_SMOOTHSTEP*3": { 1 - folded(3 * smoothstep($0)) },
    "SMOOTHSTEP*4": { folded(4 * smoothstep($0)) },
    "R_SMOOTHSTEP*4": { 1 - folded(4 * smoothstep($0)) },
    "SMOOTHSTEP/2": { smoothstep(folded(2 * $0)) },
    "R_SMOOTHSTEP/2": { 1 - smoothstep(folded(2 * $0)) },
    "SMOOTHSTEP/3": { smoothstep(folded(3 * $0)) },
    "R_SMOOTHSTEP/3": { 1 - smoothstep(folded(3 * $0)) },
    "SMOOTHSTEP/4": { smoothstep(folded(4 * $0)) },
    "R_SMOOTHSTEP/4": { 1 - smoothstep(folded(4 * $0)) },
    "COSINE": { (1 + cos(.pi * $0)) / 2 }, "REVERSE_COSINE": { (1 - cos(.pi * $0)) / 2 },
    "FLAT_25": { _ in 0.25 }, "FLAT_75": { _ in 0.75 }, "ALL_B": { _ in 1 },
  ]

  @Test(
    "presets for merging that follow a formula have its values", arguments: formulas.keys.sorted())
  func curves(name: String) throws {
    let formula = try #require(Self.formulas[name])
    let values = try Self.curve(name)
    #expect(values.count == 25)
    for (step, value) in values.enumerated() {
      #expect(abs(value - formula(Double(step) / 24)) < Self.digits)
    }
  }

  @Test(
    "the remaining presets for merging have their blocks",
    arguments: [
      ("GRAD_V", 0, 1.0), ("GRAD_V", 12, 0), ("GRAD_V", 24, 1), ("GRAD_A", 12, 1), ("WRAP08", 3, 1),
      ("WRAP08", 4, 0), ("WRAP08", 20, 0), ("WRAP08", 21, 1), ("WRAP12", 5, 1), ("WRAP12", 19, 1),
      ("WRAP14", 6, 1), ("WRAP14", 7, 0), ("WRAP16", 7, 1), ("MID12_50", 5, 0.5),
      ("MID12_50", 18, 0.5), ("MID12_50", 19, 0), ("OUT07", 18, 1), ("OUT07", 17, 0),
      ("OUT12", 13, 1), ("OUT12", 12, 0), ("OUT12_5", 12, 0.5), ("RING08_SOFT", 5, 0.5),
      ("RING08_SOFT", 6, 1), ("RING08_5", 6, 1), ("RING10_5", 5, 1), ("RING10_3", 10, 1),
      ("ALL_A", 7, 0),
    ])
  func blocks(name: String, place: Int, weight: Double) throws {
    #expect(try Self.curve(name)[place] == weight)
  }

  @Test("the Hermite curves and their reverses add up to one")
  func hermite() throws {
    for name in ["TRUE", "FAKE"] {
      let sums = zip(
        try Self.curve("\(name)_CUBIC_HERMITE"), try Self.curve("\(name)_REVERSE_CUBIC_HERMITE")
      ).map { $0 + $1 }
      #expect(sums.allSatisfy { abs($0 - 1) < Self.digits })
    }
  }
}
