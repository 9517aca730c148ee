import Testing
import WeftKernels
import WeftTensors

@Suite("Types of one byte")
struct ByteCodecTests {
  static let sets = InstructionSet.available
  static let floats = TinyFloat.all.keys.sorted { $0.rawValue < $1.rawValue }
  static let all = floats + [.f8e8m0, .i8]
  static let names: [DType: String] = [
    .f8e4m3: "float8_e4m3fn", .f8e5m2: "float8_e5m2", .f8e4m3fnuz: "float8_e4m3fnuz",
    .f8e5m2fnuz: "float8_e5m2fnuz", .f8e8m0: "float8_e8m0fnu",
  ]

  private func codec(_ dtype: DType, _ isa: InstructionSet) throws -> ByteCodec {
    try #require(ByteCodec(dtype, isa: isa))
  }

  private func encode(
    _ values: ByteSlice, _ dtype: DType, _ isa: InstructionSet, _ scaling: Scaling = .none,
    saturates: Bool = false
  ) throws -> (codes: [UInt8], tally: Tally) {
    let bytes = room(values.byteCount / 4, .u8)
    var tally = Tally()
    try codec(dtype, isa)
      .encode(values, scaling, saturates: saturates, into: bytes, tally: &tally)
    return (bytes.array, tally)
  }

  private func decode(
    _ codes: [UInt8], _ dtype: DType, _ isa: InstructionSet, _ scales: ScaleGroups? = nil
  ) throws -> [Float] {
    let target = room(codes.count, .f32)
    try codec(dtype, isa).decode(slice(codes), scales: scales, into: target)
    return values(target, as: Float.self)
  }

  /// What the definition counts.
  private func tally(_ inputs: [Float], _ outputs: [Double]) -> Tally {
    var tally = Tally()
    for (input, output) in zip(inputs, outputs) {
      if !input.isFinite {
        tally.nonFiniteInputs += 1
      } else if !output.isFinite {
        tally.overflowed += 1
      } else if input != 0 && output == 0 {
        tally.underflowed += 1
      }
    }
    return tally
  }

  @Test("every code has the value that its format defines", arguments: sets)
  func reading(isa: InstructionSet) throws {
    let codes = (0...255).map { UInt8($0) }
    for (dtype, format) in TinyFloat.all {
      let decoded = try decode(codes, dtype, isa)
      for code in codes {
        let (value, found) = (format.value(Int(code)), decoded[Int(code)])
        #expect(value.isNaN ? found.isNaN : Double(found).bitPattern == value.bitPattern)
      }
    }
    let powers = try decode(codes, .f8e8m0, isa)
    #expect(powers.last?.isNaN == true)
    #expect(
      (0..<255).allSatisfy { powers[$0] == Float(sign: .plus, exponent: $0 - 127, significand: 1) })
    #expect(try decode(codes, .i8, isa) == codes.map { Float(Int8(bitPattern: $0)) })
  }

  @Test(
    "values beside every line between two codes are rounded as torch rounds them", arguments: sets)
  func torch(isa: InstructionSet) throws {
    let fixture = try ScaledFixture("rounding")
    for (dtype, name) in Self.names {
      let found = try encode(try fixture.slice(name + ".values"), dtype, isa)
      #expect(found.codes == (try fixture.bytes(name + ".codes")), "\(name)")
      let inputs = try fixture.floats(name + ".values")
      #expect(found.tally == tally(inputs, try decode(found.codes, dtype, isa).map(Double.init)))
    }
  }

  @Test("every half, every bf16 and many float32 values go to the nearest code", arguments: sets)
  func rounding(isa: InstructionSet) throws {
    var generator = Generator(state: 11)
    let halves = (0...UInt16.max).map { Float(Float16(bitPattern: $0)) }
    let brains = (0...UInt16.max).map { Float(bitPattern: UInt32($0) << 16) }
    let others = (0..<50_000).map { _ in
      Float(bitPattern: UInt32(truncatingIfNeeded: generator.next()))
    }
    for (dtype, format) in TinyFloat.all {
      for inputs in [halves, brains, others] {
        let found = try encode(slice(inputs), dtype, isa)
        let expected = inputs.map { UInt8(format.round(Double($0))) }
        #expect(found.codes == expected, "\(dtype)")
        #expect(found.tally == tally(inputs, expected.map { format.value(Int($0)) }), "\(dtype)")
      }
    }
  }

  @Test(
    "where values saturate the greatest takes all that are larger, and they are counted",
    arguments: sets)
  func saturation(isa: InstructionSet) throws {
    let halves = (0...UInt16.max).map { Float(Float16(bitPattern: $0)) }
    for (dtype, format) in TinyFloat.all {
      let (free, bound) = (
        try encode(slice(halves), dtype, isa),
        try encode(slice(halves), dtype, isa, saturates: true)
      )
      #expect(bound.codes == halves.map { UInt8(format.round(Double($0), saturates: true)) })
      #expect(bound.tally == free.tally)
      #expect(try codec(dtype, isa).greatest == Float(format.number(format.greatest)))
    }
  }

  @Test("integers are rounded to even and end at 127 on both sides", arguments: sets)
  func integers(isa: InstructionSet) throws {
    let inputs: [Float] = [
      0, 0.5, 1.5, -0.5, -2.5, 126.5, 127.49, 127.5, -127.5, -128, 1e30, -.infinity, .nan, 0.25,
      -0.0,
      Float(0.5).nextUp,
    ]
    let expected: [Int8] = [0, 0, 2, 0, -2, 126, 127, 127, -127, -127, 127, -127, 0, 0, 0, 1]
    let found = try encode(slice(inputs), .i8, isa)
    #expect(found.codes.map { Int8(bitPattern: $0) } == expected)
    var tally = Tally()
    (tally.nonFiniteInputs, tally.overflowed, tally.underflowed) = (2, 4, 3)
    #expect(found.tally == tally)
  }

  @Test("a group whose scale is zero becomes zero, and what was in it is counted", arguments: sets)
  func zeroScale(isa: InstructionSet) throws {
    let groups = ScaleGroups(slice([Float(0), 2]), length: 40)
    let inputs = [Float](repeating: -3, count: 39) + [.infinity] + [Float](repeating: -3, count: 40)
    for dtype in Self.floats + [.i8] {
      let found = try encode(slice(inputs), dtype, isa, .over(groups))
      #expect(found.codes.prefix(40).allSatisfy { $0 == 0 })
      #expect(found.codes.suffix(40).allSatisfy { $0 != 0 })
      #expect(found.tally.underflowed == 39 && found.tally.nonFiniteInputs == 1)
    }
  }

  @Test(
    "scales apply to their groups however slices are cut, the same for every set", arguments: all)
  func groups(dtype: DType) throws {
    var generator = Generator(state: 12)
    for length in [1, 7, 16, 32, 100, 320, Int.max] {
      let count = 1000
      let groupCount = length == .max ? 1 : (count + length - 1) / length
      let scales = (0..<groupCount).map { _ in Float(generator.normal(1)).magnitude + 0.01 }
      let all = ScaleGroups(slice(scales), length: length)
      let inputs = (0..<count).map { _ in Float(generator.normal(30)) }
      let byGroup = inputs.indices.map { scales[$0 / length] }
      let times = try encode(slice(zip(inputs, byGroup).map { $0 * $1 }), dtype, .scalar)
      let over = try encode(slice(zip(inputs, byGroup).map { $0 / $1 }), dtype, .scalar)
      let read = try zip(decode(times.codes, dtype, .scalar), byGroup).map { ($0 * $1).bitPattern }
      for isa in Self.sets {
        for cut in [0, 1, 15, 333, 1000] {
          var (one, two): ([UInt8], [UInt8]) = ([], [])
          var values: [UInt32] = []
          for part in [0..<cut, cut..<count] {
            let some = slice(Array(inputs[part]))
            let groups = all.starting(at: part.lowerBound)
            one += try encode(some, dtype, isa, .times(groups)).codes
            two += try encode(some, dtype, isa, .over(groups)).codes
            values += try decode(Array(times.codes[part]), dtype, isa, groups).map(\.bitPattern)
          }
          #expect(
            one == times.codes && two == over.codes && values == read, "\(isa) \(length) \(cut)")
        }
      }
    }
  }

  @Test("all sets write the same bytes and counts for any bits", arguments: all)
  func agreement(dtype: DType) throws {
    var generator = Generator(state: 13)
    for count in [0, 1, 15, 16, 63, 64, 65, 5000] {
      let values = anyBits(count, .f32, &generator)
      let scale = ScaleGroups(whole: 0.37)
      for saturates in [false, true] {
        for scaling in [Scaling.none, .times(scale), .over(scale)] {
          let expected = try encode(values, dtype, .scalar, scaling, saturates: saturates)
          for isa in Self.sets {
            let found = try encode(values, dtype, isa, scaling, saturates: saturates)
            #expect(
              found.codes == expected.codes && found.tally == expected.tally, "\(isa) \(count)")
          }
        }
      }
    }
  }

  @Test("other types have no such codec", arguments: [DType.f16, .u8, .f4, .q80])
  func others(dtype: DType) {
    #expect(ByteCodec(dtype) == nil)
  }
}
