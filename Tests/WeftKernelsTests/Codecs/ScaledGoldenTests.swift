import Foundation
import Testing
import WeftKernels
import WeftTensors

/// The forms in which the libraries write a matrix, made and read with the codecs alone.
@Suite("What libraries make of weights with scales beside them")
struct ScaledGoldenTests {
  static let matrices = ScaledFixture.matrices

  private func largest(_ weights: ByteSlice, length: Int) -> ByteSlice {
    let result = LargestMagnitudes(elementCount: weights.byteCount / 4, length: length)
    result.add(weights, .f32, start: 0)
    return result.values
  }

  private func expect(
    _ decoded: ByteSlice, _ form: String, _ name: String,
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let fixture = try ScaledFixture(form + ".expected")
    let expected = try fixture.floats(name + ".weight")
    let found = values(decoded, as: Float.self)
    let limit = fixture.tolerance * Double(expected.map(\.magnitude).max() ?? 0)
    #expect(found.count == expected.count, sourceLocation: sourceLocation)
    #expect(
      zip(found, expected).allSatisfy { Double($0 - $1).magnitude <= limit },
      sourceLocation: sourceLocation)
  }

  private func encode(
    _ weights: ByteSlice, _ dtype: DType, _ scaling: Scaling, saturates: Bool = true
  ) throws -> [UInt8] {
    let bytes = room(weights.byteCount / 4, .u8)
    var tally = Tally()
    try #require(ByteCodec(dtype))
      .encode(weights, scaling, saturates: saturates, into: bytes, tally: &tally)
    return bytes.array
  }

  private func decode(_ bytes: [UInt8], _ dtype: DType, _ scales: ScaleGroups?) throws -> ByteSlice
  {
    let target = room(bytes.count, .f32)
    try #require(ByteCodec(dtype)).decode(slice(bytes), scales: scales, into: target)
    return target
  }

  @Test(
    "plain fp8, the convolution too",
    arguments: [("fp8_e4m3fn", DType.f8e4m3), ("fp8_e5m2", .f8e5m2)])
  func plain(form: String, dtype: DType) throws {
    for name in Self.matrices + [ScaledFixture.convolution] {
      let stored = try ScaledFixture(form).bytes(name + ".weight")
      let weights = try ScaledFixture.weights(name)
      #expect(try encode(weights, dtype, .none, saturates: false) == stored)
      try expect(try decode(stored, dtype, nil), form, name)
    }
  }

  @Test(
    "ComfyUI's fp8 with one scale",
    arguments: [("float8_e4m3fn", DType.f8e4m3), ("float8_e5m2", .f8e5m2)])
  func comfyFloat(name: String, dtype: DType) throws {
    for matrix in Self.matrices {
      let form = "comfy_quant_" + name
      let fixture = try ScaledFixture(form)
      let weights = try ScaledFixture.weights(matrix)
      let (scale, inverse) = (room(1, .f32), room(1, .f32))
      let greatest = try #require(ByteCodec(dtype)).greatest
      ScaleRules.linear(largest(weights, length: .max), greatest: greatest, into: scale)
      #expect(scale.array == (try fixture.bytes(matrix + ".weight_scale")))
      ScaleRules.inverse(scale, into: inverse)
      let codes = try fixture.bytes(matrix + ".weight")
      #expect(try encode(weights, dtype, .times(ScaleGroups(inverse, length: .max))) == codes)
      try expect(try decode(codes, dtype, ScaleGroups(scale, length: .max)), form, matrix)
    }
  }

  @Test("kohya's fp8 with scales by tensor, row and block", arguments: ["tensor", "row", "block"])
  func kohya(mode: String) throws {
    for matrix in Self.matrices {
      let form = "kohya_" + mode
      let fixture = try ScaledFixture(form)
      let weights = try ScaledFixture.weights(matrix)
      let columns = try fixture.shape(matrix + ".weight")[1]
      let length = ["tensor": Int.max, "row": columns, "block": 32][mode] ?? 0
      let scales = largest(weights, length: length)
      ScaleRules.linear(scales, greatest: 448, least: 1e-8, into: scales)
      #expect(scales.array == (try fixture.bytes(matrix + ".scale_weight")))
      let groups = ScaleGroups(scales, length: length)
      let codes = try fixture.bytes(matrix + ".weight")
      #expect(try encode(weights, .f8e4m3, .over(groups)) == codes)
      try expect(try decode(codes, .f8e4m3, groups), form, matrix)
    }
  }

  @Test(
    "ComfyUI's int8 with one scale, with scales by row, and rotated",
    arguments: ["tensor", "row", "convrot"])
  func comfyInteger(mode: String) throws {
    for matrix in Self.matrices {
      let form = "comfy_int8_" + mode
      let fixture = try ScaledFixture(form)
      let weights = try ScaledFixture.weights(matrix)
      let columns = try fixture.shape(matrix + ".weight")[1]
      let length = mode == "tensor" ? Int.max : columns
      let codes = try fixture.bytes(matrix + ".weight")
      let scales = ScaleGroups(try fixture.slice(matrix + ".weight_scale"), length: length)
      if mode != "convrot" {
        let made = largest(weights, length: length)
        ScaleRules.linear(made, greatest: 127, least: 1e-30, into: made)
        #expect(made.hasSameBytes(as: scales.scales))
        #expect(try encode(weights, .i8, .over(scales)) == codes)
      }
      let decoded = try decode(codes, .i8, scales)
      if mode == "convrot" { HadamardRotation.rotate(decoded, groupLength: 16) }
      try expect(decoded, form, matrix)
    }
  }

  @Test("the int8 of bitsandbytes")
  func llmInteger() throws {
    for matrix in Self.matrices {
      let fixture = try ScaledFixture("bnb_int8")
      let weights = try ScaledFixture.weights(matrix)
      let columns = try fixture.shape(matrix + ".weight")[1]
      let rows = largest(weights, length: columns)
      #expect(rows.array == (try fixture.bytes(matrix + ".SCB")))
      let codes = try fixture.bytes(matrix + ".weight")
      let (inverses, scales) = (room(rows.byteCount / 4, .f32), room(rows.byteCount / 4, .f32))
      ScaleRules.inverse(rows, numerator: 127, into: inverses)
      // A row of zeros makes NaN of them, which is zero as an integer.
      #expect(try encode(weights, .i8, .times(ScaleGroups(inverses, length: columns))) == codes)
      ScaleRules.linear(rows, greatest: 127, into: scales)
      try expect(try decode(codes, .i8, ScaleGroups(scales, length: columns)), "bnb_int8", matrix)
    }
  }

  @Test(
    "the 4-bit types of bitsandbytes",
    arguments: [("bnb_nf4", NibbleType.nf4), ("bnb_fp4", .bnbFP4)])
  func lists(form: String, type: NibbleType) throws {
    for matrix in Self.matrices {
      let fixture = try ScaledFixture(form)
      let weights = try ScaledFixture.weights(matrix)
      let scales = largest(weights, length: 64)
      #expect(scales.array == (try fixture.bytes(matrix + ".weight.absmax")))
      let inverses = room(scales.byteCount / 4, .f32)
      ScaleRules.inverse(scales, least: 1e-38, into: inverses)
      let book = try fixture.floats(matrix + ".weight.quant_map")
      #expect(book == type.book)
      let codec = NibbleCodec(type, order: .highFirst, book: book)
      let bytes = room(weights.byteCount / 8, .u8)
      var tally = Tally()
      codec.encode(weights, .times(ScaleGroups(inverses, length: 64)), into: bytes, tally: &tally)
      #expect(bytes.array == (try fixture.bytes(matrix + ".weight")))
      let decoded = room(weights.byteCount / 4, .f32)
      codec.decode(bytes, scales: ScaleGroups(scales, length: 64), into: decoded)
      try expect(decoded, form, matrix)
    }
  }

  @Test("NF4 with scales that are quantised themselves")
  func nested() throws {
    for matrix in Self.matrices {
      let fixture = try ScaledFixture("bnb_nf4_nested")
      let parts = matrix + ".weight."
      let list = try fixture.floats(parts + "nested_quant_map")
      let whole = try fixture.floats(parts + "nested_absmax")[0]
      let json = try fixture.bytes(parts + "quant_state.bitsandbytes__nf4")
      let offset = try JSONDecoder().decode(NestedState.self, from: Data(json)).offset
      let places = try fixture.bytes(parts + "absmax")
      let scales = slice(places.map { list[Int($0)] * whole + offset })
      let decoded = room(scales.byteCount / 4 * 64, .f32)
      NibbleCodec(.nf4, order: .highFirst).decode(
        try fixture.slice(matrix + ".weight"), scales: ScaleGroups(scales, length: 64),
        into: decoded)
      try expect(decoded, "bnb_nf4_nested", matrix)
      // The library looks the nearest up in a table, which is one place off near a tie.
      let largest = values(largest(try ScaledFixture.weights(matrix), length: 64), as: Float.self)
      let found = room(places.count, .u8)
      ScaleRules.nearest(
        slice(largest.map { ($0 - offset) * (1 / whole) }), in: list, into: found)
      #expect(zip(found.array, places).allSatisfy { abs(Int($0) - Int($1)) <= 1 })
      #expect(zip(found.array, places).filter { $0 != $1 }.count <= 1)
    }
  }

  private struct NestedState: Decodable {
    let offset: Float

    private enum CodingKeys: String, CodingKey { case offset = "nested_offset" }
  }

  @Test("ComfyUI's NVFP4, padded and in tiles")
  func nvfp4() throws {
    for matrix in Self.matrices {
      let fixture = try ScaledFixture("comfy_nvfp4")
      let padded = try padded(matrix, to: 16)
      let whole = room(1, .f32)
      ScaleRules.linear(largest(padded.values, length: .max), greatest: 448 * 6, into: whole)
      #expect(whole.array == (try fixture.bytes(matrix + ".weight_scale_2")))
      let scales = largest(padded.values, length: 16)
      let codes = room(scales.byteCount / 4, .u8)
      ScaleRules.nvfp4(
        scales, tensorScale: values(whole, as: Float.self)[0], codes: codes, into: scales)
      let columns = padded.columns
      #expect(
        tiled(codes, blocksPerRow: columns / 16) == (try fixture.bytes(matrix + ".weight_scale")))
      let groups = ScaleGroups(scales, length: 16)
      let codec = NibbleCodec(.e2m1, order: .highFirst)
      let bytes = room(padded.values.byteCount / 8, .u8)
      var tally = Tally()
      codec.encode(padded.values, .over(groups), into: bytes, tally: &tally)
      #expect(bytes.array == (try fixture.bytes(matrix + ".weight")))
      let decoded = room(padded.values.byteCount / 4, .f32)
      codec.decode(bytes, scales: groups, into: decoded)
      try expect(try cut(decoded, matrix, columns: columns), "comfy_nvfp4", matrix)
    }
  }

  @Test("ComfyUI's MXFP8, padded and in tiles")
  func mxfp8() throws {
    for matrix in Self.matrices {
      let fixture = try ScaledFixture("comfy_mxfp8")
      let padded = try padded(matrix, to: 32)
      let scales = largest(padded.values, length: 32)
      let powers = room(scales.byteCount / 4, .u8)
      ScaleRules.powers(.ceiling, scales, greatest: 448, codes: powers, into: scales)
      let columns = padded.columns
      #expect(
        tiled(powers, blocksPerRow: columns / 32) == (try fixture.bytes(matrix + ".weight_scale")))
      let codes = try fixture.bytes(matrix + ".weight")
      let groups = ScaleGroups(scales, length: 32)
      #expect(try encode(padded.values, .f8e4m3, .over(groups)) == codes)
      let decoded = try decode(codes, .f8e4m3, groups)
      try expect(try cut(decoded, matrix, columns: columns), "comfy_mxfp8", matrix)
    }
  }

  @Test("MXFP4 by the OCP rule, the low half first")
  func mxfp4() throws {
    for matrix in Self.matrices {
      let fixture = try ScaledFixture("mxfp4")
      let weights = try ScaledFixture.weights(matrix)
      let scales = largest(weights, length: 32)
      let powers = room(scales.byteCount / 4, .u8)
      ScaleRules.powers(.floor, scales, greatest: 6, codes: powers, into: scales)
      #expect(powers.array == (try fixture.bytes(matrix + ".weight_scales")))
      let codec = NibbleCodec(.e2m1, order: .lowFirst)
      let groups = ScaleGroups(scales, length: 32)
      let bytes = room(weights.byteCount / 8, .u8)
      var tally = Tally()
      codec.encode(weights, .over(groups), into: bytes, tally: &tally)
      #expect(bytes.array == (try fixture.bytes(matrix + ".weight_blocks")))
      let decoded = room(weights.byteCount / 4, .f32)
      codec.decode(bytes, scales: groups, into: decoded)
      try expect(decoded, "mxfp4", matrix)
    }
  }

  /// A matrix with rows and columns of zeros up to a multiple.
  private func padded(
    _ matrix: String, to multiple: Int
  ) throws -> (values: ByteSlice, columns: Int) {
    let shape = try ScaledFixture("source").shape(matrix + ".weight")
    let weights = values(try ScaledFixture.weights(matrix), as: Float.self)
    let (rows, columns) = (up(shape[0], multiple), up(shape[1], multiple))
    var result = [Float](repeating: 0, count: rows * columns)
    for (index, value) in weights.enumerated() {
      result[index / shape[1] * columns + index % shape[1]] = value
    }
    return (slice(result), columns)
  }

  /// The part of a padded matrix that is not padding.
  private func cut(_ padded: ByteSlice, _ matrix: String, columns: Int) throws -> ByteSlice {
    let shape = try ScaledFixture("source").shape(matrix + ".weight")
    let all = values(padded, as: Float.self)
    return slice((0..<shape[0]).flatMap { all[$0 * columns..<$0 * columns + shape[1]] })
  }

  private func tiled(_ codes: ByteSlice, blocksPerRow: Int) -> [UInt8] {
    let places = BlockedScales(rows: codes.byteCount / blocksPerRow, blocksPerRow: blocksPerRow)
    let result = room(places.rows * places.columns, .u8)
    places.scatter(codes, firstRow: 0, blocksPerRow: blocksPerRow, into: result)
    return result.array
  }

  private func up(_ number: Int, _ multiple: Int) -> Int {
    (number + multiple - 1) / multiple * multiple
  }
}
