import Foundation
import Testing
import WeftFiles
import WeftKernels
import WeftTensors

@Suite("Encoders of the K-quants")
struct KEncoderTests {
  static let types: [DType] = [.q2k, .q3k, .q4k, .q5k, .q6k]
  private static let blockSize = 256

  /// The blocks of float32 rows.
  private func encode(
    _ values: [Float], _ weights: [Float]?, columns: Int, as dtype: DType, _ isa: InstructionSet
  ) throws -> [UInt8] {
    let codec = try #require(BlockCodec(dtype, isa: isa))
    let blockCount = values.count / Self.blockSize
    let blocks = ByteBuffer(byteCount: blockCount * dtype.blockByteCount).all
    _ = codec.encode(
      slice(values), weights: weights.map { slice($0) }, columns: columns, into: blocks)
    return blocks.array
  }

  @Test(
    "rows of every kind become ggml's bytes, with and without importances",
    arguments: types, InstructionSet.available)
  func goldens(dtype: DType, isa: InstructionSet) throws {
    let fixture = URL(fileURLWithPath: #filePath)
      .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
      .appending(path: "Fixtures/quants.safetensors")
    let goldens = try Checkpoint.open(fixture.path)
    func floats(_ name: String) throws -> [Float] {
      values(slice(try #require(goldens[name]).bytes()), as: Float.self)
    }
    let (rows, importances) = (try floats("in.x"), try floats("in.imatrix"))
    let columns = importances.count
    let modes: [(String, [Float]?)] = [
      ("plain", nil), ("ones", [Float](repeating: 1, count: columns)), ("imatrix", importances),
    ]
    for (mode, weights) in modes {
      let golden = try #require(goldens["\(mode).\(dtype.rawValue)"]).bytes()
      let found = try encode(rows, weights, columns: columns, as: dtype, isa)
      let rowSize = golden.count / (rows.count / columns)
      #expect(found.count == golden.count)
      let wrong = zip(found, golden).enumerated().filter { $1.0 != $1.1 }.map {
        $0.offset / rowSize
      }
      #expect(wrong.isEmpty, "\(mode): rows \(Set(wrong).sorted())")
    }
  }

  /// Rows that reach the ends of float32: one kind of values each.
  private func hostileRows(columns: Int, _ generator: inout Generator) -> [Float] {
    func row(_ value: (inout Generator) -> Double) -> [Float] {
      (0..<columns).map { _ in Float(value(&generator)) }
    }
    let largest = Double(Float.greatestFiniteMagnitude), least = Double(Float.leastNonzeroMagnitude)
    let power = Double(generator.next() % 82) - 44  // from below the least value to the greatest
    let scale = Foundation.pow(10, power)
    let rows: [[Float]] = [
      row { $0.normal(0.02) },
      row { max(-largest, min(largest, $0.normal(scale))) },
      row { _ in 0 }, row { $0.next() % 2 == 0 ? 0 : -0.0 }, row { _ in scale },
      row { _ in 1e-40 }, row { $0.normal(1e-40) }, row { Double($0.next() % 7) * least },
      row { $0.next() % 2 == 0 ? largest : -largest }, row { _ in largest },
      row { $0.next() % 50 == 0 ? $0.normal(1) : 0 },
      row { $0.next() % 50 == 0 ? largest : $0.normal(1) },
      row { Double($0.next() % 16) - 8 }, row { -abs($0.normal(1)) - 5 },
      row { abs($0.normal(1)) + 5 },
      row { Foundation.exp($0.normal(8)) * ($0.next() % 2 == 0 ? 1 : -1) },
    ]
    return rows.flatMap { $0 }
  }

  /// Kinds of importances.
  private func importances(_ columns: Int, _ generator: inout Generator) -> [[Float]?] {
    func some(_ value: (inout Generator) -> Double) -> [Float] {
      (0..<columns).map { _ in Float(value(&generator)) }
    }
    return [
      nil, some { _ in 1 }, some { _ in 0 }, some { abs($0.normal(1)) },
      some { $0.next() % 2 == 0 ? 0 : 1 }, some { Foundation.pow(10, Double($0.next() % 76) - 38) },
    ]
  }

  @Test("all instruction sets write the same bytes, whatever the values", arguments: types)
  func agreement(dtype: DType) throws {
    var generator = Generator(state: 31)
    for columns in [256, 768] {
      let rows =
        hostileRows(columns: columns, &generator) + hostileRows(columns: columns, &generator)
      for weights in importances(columns, &generator) {
        let scalar = try encode(rows, weights, columns: columns, as: dtype, .scalar)
        for isa in InstructionSet.available {
          let found = try encode(rows, weights, columns: columns, as: dtype, isa)
          let rowSize = scalar.count * columns / rows.count
          let wrong = zip(found, scalar).enumerated().filter { $1.0 != $1.1 }
          #expect(wrong.isEmpty, "\(isa): rows \(Set(wrong.map { $0.offset / rowSize }).sorted())")
        }
      }
    }
  }

  @Test("NaN and infinity give the same bytes with all instruction sets", arguments: types)
  func nonFinite(dtype: DType) throws {
    var generator = Generator(state: 32)
    var rows = hostileRows(columns: 512, &generator)
    for i in rows.indices where generator.next() % 100 == 0 {
      rows[i] = [.nan, .infinity, -.infinity][Int(generator.next() % 3)]
    }
    for weights in importances(512, &generator) {
      let scalar = try encode(rows, weights, columns: 512, as: dtype, .scalar)
      for isa in InstructionSet.available {
        #expect(try encode(rows, weights, columns: 512, as: dtype, isa) == scalar)
      }
    }
  }

  @Test("a block's bytes do not depend on the blocks beside it", arguments: types)
  func independence(dtype: DType) throws {
    var generator = Generator(state: 33)
    let columns = 3 * Self.blockSize
    let rows = (0..<11 * columns).map { _ in Float(generator.normal(0.02)) }
    for weights in [nil, (0..<columns).map { _ in Float(abs(generator.normal(1))) }] {
      for isa in InstructionSet.available {
        let together = try encode(rows, weights, columns: columns, as: dtype, isa)
        let alone = try stride(from: 0, to: rows.count, by: Self.blockSize).flatMap { start in
          let end = start + Self.blockSize, column = start % columns
          return try encode(
            Array(rows[start..<end]), weights.map { Array($0[column..<column + Self.blockSize]) },
            columns: Self.blockSize, as: dtype, isa)
        }
        #expect(together == alone, "\(isa)")
      }
    }
  }

  @Test(
    "denormal values, on which ggml gives up, get units of zero", arguments: types,
    InstructionSet.available)
  func denormalValues(dtype: DType, isa: InstructionSet) throws {
    let units: [DType: Range<Int>] = [
      .q2k: 80..<84, .q3k: 108..<110, .q4k: 0..<4, .q5k: 0..<4, .q6k: 208..<210,
    ]
    var generator = Generator(state: 34)
    let rows = (0..<1024).map { _ in Float(generator.normal(1e-40)) }
    for weights in [nil, [Float](repeating: 1, count: 256)] {
      let blocks = try encode(rows, weights, columns: 256, as: dtype, isa)
      for start in stride(from: 0, to: blocks.count, by: dtype.blockByteCount) {
        let block = blocks[start..<start + dtype.blockByteCount].map { $0 }
        #expect(try block[#require(units[dtype])].allSatisfy { $0 == 0 })
      }
    }
  }
}
