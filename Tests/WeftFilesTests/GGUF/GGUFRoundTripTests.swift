import Testing
import WeftFiles
import WeftTensors

@Suite("GGUF round trip")
struct GGUFRoundTripTests {
  @Test("what is written is read back, byte for byte", arguments: UInt64(1)...50)
  func identity(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let (tensors, stored) = Self.randomTensors(&random)
    var metadata = Self.randomMetadata(&random)
    for (info, shape) in zip(tensors, stored) where shape != nil {
      metadata.setOriginalShape(info.shape, of: info.name)
    }
    let data = tensors.map { info in
      (0..<info.byteCount).map { _ in UInt8.random(in: 0 ... .max, using: &random) }
    }
    let scratch = try Scratch()
    let path = scratch["model.gguf"]
    let layout = try OutputLayout.gguf(
      tensors: tensors, storedShapes: stored, metadata: metadata, maximumRank: 5, path: "")
    try Self.write(layout, data: data, to: path)
    let checkpoint = try Checkpoint.open(path)
    #expect(checkpoint.format == .gguf)
    #expect(checkpoint.byteCount == layout.byteCount)
    #expect(checkpoint.ggufMetadata == metadata)
    #expect(checkpoint.tensors.map(\.info) == tensors)
    #expect(checkpoint.tensors.map(\.offset) == layout.places.map(\.offset))
    #expect(try checkpoint.tensors.map { try $0.bytes() } == data)
    try Self.checkPadding(of: scratch.bytes("model.gguf"), layout, data)
  }

  private static func write(_ layout: OutputLayout, data: [[UInt8]], to path: String) throws {
    let output = try layout.create(at: path, replacing: false, inputs: [], shareStarts: [0])
    for (index, bytes) in data.enumerated().reversed() {
      let buffer = ByteBuffer(byteCount: bytes.count)
      buffer.all.copy(from: bytes)
      try output.write(buffer.all, tensor: index, at: 0, share: 0)
    }
    #expect(try output.finish { $0 } == layout.byteCount)
    try output.commit(sync: false)
  }

  /// Whatever is neither header nor tensor is zero, and there is less of it than the alignment.
  private static func checkPadding(
    of file: [UInt8], _ layout: OutputLayout, _ data: [[UInt8]]
  ) throws {
    var end = try #require(layout.literals.first).bytes.count
    let starts = layout.places.map(\.offset) + [layout.byteCount]
    for (start, bytes) in zip(starts, data + [[]]) {
      #expect(file[end..<start].allSatisfy { $0 == 0 })
      #expect(start - end < 4096)
      end = start + bytes.count
    }
    #expect(file.count == layout.byteCount)
  }

  /// Tensors of any type, some of which are stored in rows of 256.
  private static func randomTensors(
    _ random: inout SeededGenerator
  ) -> (tensors: [TensorInfo], stored: [Shape?]) {
    var tensors: [TensorInfo] = []
    var stored: [Shape?] = []
    for name in randomNames(&random).sorted() {
      guard let dtype = GGMLType.all.randomElement(using: &random) else { continue }
      var shape = (0..<Int.random(in: 0...4, using: &random)).map { _ in
        Int.random(in: 0...4, using: &random)
      }
      let isReshaped = Bool.random(using: &random)
      let blockCount = Int.random(in: 1...3, using: &random)
      shape.append(isReshaped ? 16 : dtype.blockElementCount * blockCount)
      if isReshaped { shape.insert(16, at: 0) }
      guard let info = TensorInfo(name: name, dtype: dtype, shape: Shape(shape)) else { continue }
      tensors.append(info)
      stored.append(isReshaped ? Shape([info.elementCount / 256, 256]) : nil)
    }
    return (tensors, stored)
  }

  private static func randomMetadata(_ random: inout SeededGenerator) -> GGUFMetadata {
    var metadata = GGUFMetadata()
    if Bool.random(using: &random) {
      let alignment = UInt32(1) << UInt32.random(in: 0...12, using: &random)
      // The usual one is not written.
      if alignment != 32 { metadata.set(GGUFMetadata.alignmentKey, .uint32(alignment)) }
    }
    for name in randomNames(&random) where !name.isEmpty {
      metadata.set("key." + name, randomValue(&random))
    }
    return metadata
  }

  private static func randomValue(_ random: inout SeededGenerator) -> GGUFValue {
    let type = GGUFValueType.allCases.randomElement(using: &random) ?? .bool
    if type != .array { return randomScalar(type, &random) }
    let count = Int.random(in: 0...5, using: &random)
    if Bool.random(using: &random) { return .array(Array(randomNames(&random))) }
    let elementType =
      GGUFValueType.allCases.filter { $0.byteWidth != nil }
      .randomElement(using: &random) ?? .bool
    let elements = (0..<count).map { _ in randomScalar(elementType, &random) }
    return .array(of: elementType, elements) ?? .bool(false)
  }

  private static func randomScalar(
    _ type: GGUFValueType, _ random: inout SeededGenerator
  ) -> GGUFValue {
    let bits = random.next()
    return switch type {
    case .uint8: .uint8(UInt8(truncatingIfNeeded: bits))
    case .int8: .int8(Int8(truncatingIfNeeded: bits))
    case .uint16: .uint16(UInt16(truncatingIfNeeded: bits))
    case .int16: .int16(Int16(truncatingIfNeeded: bits))
    case .uint32: .uint32(UInt32(truncatingIfNeeded: bits))
    case .int32: .int32(Int32(truncatingIfNeeded: bits))
    case .float32: .float32(Float(bitPattern: UInt32(truncatingIfNeeded: bits)))
    case .bool: .bool(bits % 2 == 0)
    case .uint64: .uint64(bits)
    case .int64: .int64(Int64(bitPattern: bits))
    case .float64: .float64(Double(bitPattern: bits))
    case .string, .array: .string(randomNames(&random).first ?? "")
    }
  }

  private static func randomNames(_ random: inout SeededGenerator) -> Set<String> {
    let pieces = ["a", ".", "\"", "\\", "/", "\u{1F}", "\n", "\u{E9}", "\u{FFFF}", "\u{1F600}"]
    return Set(
      (0..<Int.random(in: 0...12, using: &random)).map { _ in
        (0..<Int.random(in: 0...9, using: &random)).map { _ in
          pieces[Int.random(in: 0..<pieces.count, using: &random)]
        }.joined()
      })
  }

  @Test("values are given back as they were made")
  func values() {
    #expect(GGUFValue.int8(-3).integer == -3)
    #expect(GGUFValue.int16(.min).integer == -32768)
    #expect(GGUFValue.int64(.min).integer == .min)
    #expect(GGUFValue.uint32(.max).integer == 4_294_967_295)
    #expect(GGUFValue.uint64(.max).integer == nil)
    #expect(GGUFValue.uint64(.max).text == "18446744073709551615")
    #expect(GGUFValue.float32(-0.0).double?.sign == .minus)
    #expect(GGUFValue.float32(.infinity).text == "\"inf\"")
    #expect(GGUFValue.bool(true).bool == true && GGUFValue.uint8(1).bool == nil)
    #expect(GGUFValue.string("x").string == "x" && GGUFValue.string("x").integer == nil)
    #expect(GGUFValue.array([1, -2]).elements?.map(\.integer) == [1, -2])
    #expect(GGUFValue.array(["a", ""]).elements?.map(\.string) == ["a", ""])
    #expect(GGUFValue.array(of: .bool, [.bool(true), .uint8(1)]) == nil)
    #expect(GGUFValue.array([Int32](repeating: 0, count: 65)).text == nil)
    #expect(GGUFValue.array([String(repeating: "x", count: 4096)]).text == nil)
  }
}
