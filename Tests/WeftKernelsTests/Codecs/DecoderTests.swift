import Foundation
import Testing
import WeftFiles
import WeftKernels
import WeftTensors

@Suite("Decoding of types in blocks")
struct DecoderTests {
  private static let fixtures = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .appendingPathComponent("Fixtures")

  /// All types in blocks.
  static let types = DType.allCases.filter(\.isBlocks)
  /// Those that ggml encoded for `quants.safetensors`.
  static let encodedTypes: [DType] = [
    .q40, .q41, .q50, .q51, .q80, .q2k, .q3k, .q4k, .q5k, .q6k, .iq4nl, .iq4xs, .tq10, .tq20,
    .mxfp4, .nvfp4,
  ]

  /// The one form of NaN.
  private static let notANumber: UInt32 = 0x7FC0_0000

  private func tensor(_ name: String, of file: String) throws -> ByteSlice {
    let checkpoint = try Checkpoint.open(Self.fixtures.appendingPathComponent(file).path)
    return slice(try #require(checkpoint[name], "\(name) is not in \(file)").bytes())
  }

  private func decode(
    _ blocks: ByteSlice, _ dtype: DType, _ isa: InstructionSet
  ) throws -> ByteSlice {
    let codec = try #require(BlockCodec(dtype, isa: isa))
    let count = blocks.byteCount / dtype.blockByteCount * dtype.blockElementCount
    let target = room(count, .f32)
    codec.decode(blocks, into: target)
    return target
  }

  private func random(_ blockCount: Int, _ dtype: DType, seed: UInt64) -> [UInt8] {
    var generator = Generator(state: seed)
    return (0..<blockCount * dtype.blockByteCount).map { _ in
      UInt8(truncatingIfNeeded: generator.next() >> 20)
    }
  }

  @Test(
    "what ggml encoded decodes to the values that gguf-py reads",
    arguments: encodedTypes, InstructionSet.available)
  func encoded(dtype: DType, isa: InstructionSet) throws {
    let file = "quants.safetensors"
    let blocks = try tensor("plain.\(dtype.rawValue)", of: file)
    let values = try tensor("dequant.\(dtype.rawValue).first16", of: file)
    #expect(values.byteCount == 16 * 1024 * 4)
    #expect(try decode(blocks, dtype, isa).hasSameBytes(as: values))
  }

  @Test(
    "random blocks of the other types decode to their formulas' values",
    arguments: types.filter { !encodedTypes.contains($0) }, InstructionSet.available)
  func randomBlocks(dtype: DType, isa: InstructionSet) throws {
    let file = "iquants.safetensors"
    let blocks = try tensor("blocks.\(dtype.rawValue)", of: file)
    let values = try tensor("values.\(dtype.rawValue)", of: file)
    #expect(values.byteCount == 16 * dtype.blockElementCount * 4)
    #expect(try decode(blocks, dtype, isa).hasSameBytes(as: values))
  }

  @Test("any bytes decode to the same bits for every instruction set", arguments: types)
  func anyBytes(dtype: DType) throws {
    // Enough for scales that are NaN, infinite or subnormal; and blocks of ones only.
    let bytes = random(2000, dtype, seed: 7) + [UInt8](repeating: 0xFF, count: dtype.blockByteCount)
    let expected = try decode(slice(bytes), dtype, .scalar)
    for isa in InstructionSet.available {
      #expect(try decode(slice(bytes), dtype, isa).hasSameBytes(as: expected), "\(isa)")
    }
    let bits = values(expected, as: UInt32.self)
    let notANumbers = bits.filter { Float(bitPattern: $0).isNaN }
    // The scales of these have no NaN, or stand for it by a value that is never taken for one.
    #expect(notANumbers.isEmpty == [.mxfp4, .nvfp4].contains(dtype))
    #expect(notANumbers.allSatisfy { $0 == Self.notANumber })
    #expect(Set(bits).count > 100)
  }

  @Test("no blocks decode to no values", arguments: types)
  func nothing(dtype: DType) throws {
    #expect(try decode(room(0, .u8), dtype, .best).byteCount == 0)
    #expect(try #require(BlockCodec(dtype)).brokenBlockCount(in: room(0, .u8)) == 0)
  }

  @Test("blocks with a scale that is not finite are counted", arguments: BlockScale.all)
  func brokenBlocks(scale: BlockScale) throws {
    let codec = try #require(BlockCodec(scale.dtype))
    for background: UInt8 in [0x00, 0xFF] {
      let whole = BlockScale.finiteBlock(scale.dtype, background: background)
      #expect(codec.brokenBlockCount(in: slice(whole + whole)) == 0)
      for finite in scale.finite {
        let blocks = whole + scale.replaced(in: whole, by: finite)
        #expect(codec.brokenBlockCount(in: slice(blocks)) == 0, "\(finite)")
      }
      for broken in scale.broken {
        let changed = scale.replaced(in: whole, by: broken)
        let blocks = changed + whole + changed + changed + whole
        #expect(codec.brokenBlockCount(in: slice(blocks)) == 3, "\(broken)")
      }
    }
  }

  @Test("every type has a scale that can break")
  func allScales() {
    #expect(Set(BlockScale.all.map(\.dtype)) == Set(Self.types))
  }
}
