import Foundation
import Testing
import WeftFiles
import WeftKernels
import WeftTensors

@Suite("The encoders of the small block types")
struct SmallEncoderTests {
  private static let types: [DType] = [
    .q40, .q41, .q50, .q51, .q80, .iq4nl, .iq4xs, .tq10, .tq20, .mxfp4, .nvfp4,
  ]
  private static let exponentsOfValues: [(value: Float, exponent: UInt8)] = [
    (0, 0), (0x1p-133, 0), (0x1p-126, 0), (0x1p-125, 0), (0x1p-124, 1), (1, 125), (6, 127),
    (8, 128), (Float(8).nextDown, 128), (Float(8).nextDown.nextDown, 127),
    (Float(4).nextDown, 126), (Float(0x1p-5).nextDown.nextDown, 120),
    (Float(0x1p-5).nextDown.nextDown.nextDown, 119), (.greatestFiniteMagnitude, 253),
  ]
  private static let fasterSets = InstructionSet.available.filter { $0 != .scalar }

  @Test(
    "blocks have ggml's bytes without weights, with equal ones and with an importance matrix",
    arguments: InstructionSet.available, types)
  func goldens(isa: InstructionSet, dtype: DType) throws {
    let goldens = try Goldens()
    let values = try goldens.slice("in.x")
    let importance = try goldens.slice("in.imatrix")
    let columns = importance.byteCount / 4
    let modes: [(name: String, weights: ByteSlice?)] = [
      ("plain", nil), ("ones", slice([Float](repeating: 1, count: columns))),
      ("imatrix", importance),
    ]
    for mode in modes {
      let blocks = try encode(values, mode.weights, columns: columns, dtype, isa)
      let expected = try goldens.slice("\(mode.name).\(dtype.rawValue)")
      #expect(blocks.hasSameBytes(as: expected), "\(mode.name)")
    }
  }

  @Test(
    "every instruction set gives the bytes that define a type, for hostile values too",
    arguments: types + [.q10, .q20], HostileRows.allCases)
  func instructionSets(dtype: DType, kind: HostileRows) throws {
    var generator = Generator(state: 1)
    // Fewer blocks than lanes, as many, and some left over; one row and more rows than lanes.
    for (rows, columns) in [(1, 256), (3, 512), (19, 1280)] {
      let values = slice(kind.values(rows * columns, &generator))
      let weights = (0..<columns).map { _ in Float(generator.normal(1).magnitude) }
      for weights in [nil, slice(weights), slice([Float](repeating: 0, count: columns))] {
        let expected = try encode(values, weights, columns: columns, dtype, .scalar)
        for isa in Self.fasterSets {
          let blocks = try encode(values, weights, columns: columns, dtype, isa)
          #expect(
            blocks.hasSameBytes(as: expected),
            "\(isa), \(rows) x \(columns), weights \(weights != nil)")
        }
      }
    }
  }

  @Test(
    "values too small for the inverse of their scale get the codes of zero",
    arguments: InstructionSet.available,
    [
      (DType.q40, [0, 0x80] + [UInt8](repeating: 0x88, count: 16)),
      (.q41, [UInt8](repeating: 0, count: 20)),
      (.q50, [0, 0x80, 255, 255, 255, 255] + [UInt8](repeating: 0, count: 16)),
      (.q51, [UInt8](repeating: 0, count: 24)),
      (.q80, [UInt8](repeating: 0, count: 34)),
      (.tq20, [UInt8](repeating: 0b0101_0101, count: 64) + [0, 0]),
      (.q20, [0, 0] + [UInt8](repeating: 0b0101_0101, count: 16)),
      (.nvfp4, [UInt8](repeating: 0, count: 36)),
    ])
  func underflow(isa: InstructionSet, expected: (dtype: DType, blocks: [UInt8])) throws {
    let columns = expected.dtype.blockElementCount
    let values = slice((0..<columns).map { $0 == 5 ? Float(0x1p-133) : 0 })
    let blocks = try encode(values, nil, columns: columns, expected.dtype, isa)
    #expect(blocks.array == expected.blocks)
  }

  @Test(
    "the exponent of MXFP4 follows the rounded logarithm, and is zero where it would be negative",
    arguments: InstructionSet.available, exponentsOfValues)
  func exponents(isa: InstructionSet, expected: (value: Float, exponent: UInt8)) throws {
    let values = slice((0..<32).map { $0 == 9 ? -expected.value : 0 })
    let blocks = try encode(values, nil, columns: 32, .mxfp4, isa)
    #expect(blocks.array[0] == expected.exponent)
  }

  @Test("Q1_0 keeps signs and the mean magnitude", arguments: InstructionSet.available)
  func signs(isa: InstructionSet) throws {
    let values = (0..<128).map { Float($0 % 3 == 0 ? -2 : $0 % 3) }  // a mean of 213 / 128
    let blocks = try encode(slice(values), nil, columns: 128, .q10, isa)
    let signs = (0..<16).map { byte in
      (0..<8).reduce(UInt8(0)) { $0 | (values[8 * byte + $1] >= 0 ? 1 << $1 : 0) }
    }
    #expect(blocks.array == halfBytes(213.0 / 128) + signs)
  }

  @Test(
    "Q2_0 rounds to minus one, zero and one times the greatest",
    arguments: InstructionSet.available)
  func thirds(isa: InstructionSet) throws {
    let pattern: [Float] = [-4, 4, 1.9, -2]  // codes 0, 2, 1 and 0, the first lowest
    let values = (0..<64).map { pattern[$0 % 4] }
    let blocks = try encode(slice(values), nil, columns: 64, .q20, isa)
    #expect(blocks.array == halfBytes(4) + [UInt8](repeating: 0b00_01_10_00, count: 16))
  }

  private func halfBytes(_ value: Double) -> [UInt8] {
    let bits = SmallFormat.half.round(value)
    return [UInt8(bits & 0xFF), UInt8(bits >> 8)]
  }

  private func encode(
    _ values: ByteSlice, _ weights: ByteSlice?, columns: Int, _ dtype: DType, _ isa: InstructionSet
  ) throws -> ByteSlice {
    let codec = try #require(BlockCodec(dtype, isa: isa))
    try #require(codec.canEncode)
    let blockCount = values.byteCount / 4 / dtype.blockElementCount
    let blocks = ByteBuffer(byteCount: blockCount * dtype.blockByteCount).all
    _ = codec.encode(values, weights: weights, columns: columns, into: blocks)
    return blocks
  }
}

/// Reference bytes of ggml; see `scripts/goldens/slim_quants.py`.
private struct Goldens {
  private let file: Checkpoint

  init() throws {
    let tests = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    let path = tests.deletingLastPathComponent().appending(path: "Fixtures/quants.safetensors").path
    file = try Checkpoint.open(path)
  }

  func slice(_ name: String) throws -> ByteSlice {
    let tensor = try #require(file[name])
    let target = ByteBuffer(byteCount: tensor.info.byteCount).all
    try tensor.read(at: 0, into: target)
    return target
  }
}

/// Kinds of values that rounding, ties and overflow make difficult.
enum HostileRows: CaseIterable {
  case ordinary, ties, signedZeros, sparse, constants, negatives, tiny, subnormal, huge, greatest
  case powersOfTwo, belowPowersOfTwo, finiteBits

  func values(_ count: Int, _ generator: inout Generator) -> [Float] {
    let scale = Float(sign: .plus, exponent: Int(generator.next() % 24) - 12, significand: 1)
    return (0..<count).map { _ in value(scale, &generator) }
  }

  private func value(_ scale: Float, _ generator: inout Generator) -> Float {
    let pick = generator.next()
    let sign: Float = pick & 1 == 0 ? 1 : -1
    switch self {
    case .ordinary: return Float(generator.normal(0.03)) * scale
    case .ties: return sign * Float(pick >> 1 & 15) / 16 * scale
    case .signedZeros: return sign * 0
    case .sparse: return pick % 16 < 14 ? sign * 0 : Float(generator.normal(1)) * scale
    case .constants: return -scale
    case .negatives: return -scale * (1 + Float(pick >> 1 & 7) * 0x1p-23)
    case .tiny: return Float(generator.normal(1e-15)) * scale
    case .subnormal: return Float(generator.normal(1e-39)) * scale
    case .huge: return Float(generator.normal(1e33)) * scale
    case .greatest: return sign * .greatestFiniteMagnitude
    case .powersOfTwo: return Float(bitPattern: UInt32(pick % 250 + 2) << 23) * sign
    case .belowPowersOfTwo: return sign * scale * (1 - Float(pick >> 1 & 63) * 0x1p-24)
    case .finiteBits:
      let value = Float(bitPattern: UInt32(truncatingIfNeeded: pick))
      return value.isFinite ? value : 0
    }
  }
}
