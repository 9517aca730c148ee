import Testing
import WeftKernels
import WeftTensors

@Suite("Conversion")
struct ConvertTests {
  static let kernels = [Kernels.scalar, Kernels.best]
  static let formats: [(DType, SmallFormat)] = [(.f16, .half), (.bf16, .brain)]

  /// Values around every rounding boundary of a format: exact ones, midpoints, and just beside
  /// them.
  static func hardValues(_ format: SmallFormat) -> [Double] {
    var result: [Double] = []
    for bits in stride(from: UInt16(0), to: format.infinity, by: 7) {
      let low = format.value(bits)
      let step = format.value(max(bits, 1)) - format.value(max(bits, 1) - 1)
      let middle = low + step / 2
      result += [low, middle, middle.nextUp, middle.nextDown, -middle.nextUp, -middle]
      result += [Double(Float(middle).nextUp), Double(Float(middle).nextDown)]
    }
    return result + [65504, 65519.999, 65520, 65520.001, 65536, 1e300, -1e300, 0x1p-1074, 0, -0.0]
  }

  @Test("every 16-bit pattern widens to the value that the format defines", arguments: kernels)
  func widening(kernels: Kernels) {
    for (dtype, format) in Self.formats {
      let all = (0...UInt16.max).map { $0 }
      let (singles, doubles) = (room(all.count, .f32), room(all.count, .f64))
      kernels.widen(slice(all), dtype, into: singles, .f32)
      kernels.widen(slice(all), dtype, into: doubles, .f64)
      let (narrow, wide) = (values(singles, as: Float.self), values(doubles, as: Double.self))
      let wrong = all.filter { bits in
        let (value, i) = (format.value(bits), Int(bits))
        if value.isNaN { return !narrow[i].isNaN || !wide[i].isNaN || wide[i].isSignalingNaN }
        return Double(narrow[i]).bitPattern != value.bitPattern
          || wide[i].bitPattern != value.bitPattern
      }
      #expect(wrong.isEmpty)
    }
  }

  @Test("float64 is rounded once, to nearest, ties to even", arguments: kernels)
  func rounding(kernels: Kernels) {
    for (dtype, format) in Self.formats {
      var generator = Generator(state: 1)
      let inputs =
        Self.hardValues(format) + (0..<2000).map { _ in generator.normal(0.02) }
      let target = room(inputs.count, dtype)
      var tally = Tally()
      kernels.convert(slice(inputs), .f64, into: target, dtype, tally: &tally)
      let outputs = values(target, as: UInt16.self)
      let wrong = inputs.indices.filter { outputs[$0] != format.round(inputs[$0]) }
      #expect(wrong.isEmpty, "\(dtype) \(wrong.prefix(3).map { inputs[$0] })")
      #expect(tally.nonFiniteInputs == 0)
      #expect(
        tally.overflowed == inputs.indices.filter { outputs[$0] & 0x7FFF == format.infinity }.count)
      #expect(
        tally.underflowed
          == inputs.indices.filter { outputs[$0] & 0x7FFF == 0 && inputs[$0] != 0 }.count)
    }
  }

  @Test("float32 is rounded to nearest, ties to even", arguments: kernels)
  func roundingSingles(kernels: Kernels) {
    for (dtype, format) in Self.formats {
      let inputs = Self.hardValues(format).map { Float($0) }.filter(\.isFinite)
      let target = room(inputs.count, dtype)
      var tally = Tally()
      kernels.convert(slice(inputs), .f32, into: target, dtype, tally: &tally)
      let outputs = values(target, as: UInt16.self)
      #expect(inputs.indices.allSatisfy { outputs[$0] == format.round(Double(inputs[$0])) })
    }
  }

  @Test("a value just above a midpoint goes up although float32 holds only the midpoint")
  func doubleRounding() {
    let trap = 1 + 0x1p-11 + 0x1p-40  // float32 rounds it to 1 + 2^-11, a tie that goes to 1
    let target = room(16, .f16)
    for kernels in Self.kernels {
      var tally = Tally()
      kernels.convert(
        slice([Double](repeating: trap, count: 16)), .f64, into: target, .f16, tally: &tally)
      #expect(values(target, as: UInt16.self).allSatisfy { $0 == 0x3C01 })
    }
  }

  @Test("NaN becomes quiet and keeps its sign")
  func quietNaN() {
    for kernels in Self.kernels {
      let target = room(8, .f16)
      var tally = Tally()
      let signalling = [Float](repeating: Float(bitPattern: 0xFF80_0001), count: 8)
      kernels.convert(slice(signalling), .f32, into: target, .f16, tally: &tally)
      #expect(values(target, as: UInt16.self).allSatisfy { $0 == 0xFE00 })
      #expect(tally.nonFiniteInputs == 8)
    }
  }

  @Test("scalar and best agree on any bits, any length, any pair of types", arguments: floatTypes)
  func agreement(from: DType) {
    var generator = Generator(state: 2)
    for to in floatTypes {
      for count in [0, 1, 7, 8, 9, 16, 100, 3001] {
        let source = anyBits(count, from, &generator)
        let (first, second) = (room(count, to), room(count, to))
        var (one, two) = (Tally(), Tally())
        Kernels.scalar.convert(source, from, into: first, to, tally: &one)
        Kernels.best.convert(source, from, into: second, to, tally: &two)
        #expect(first.array == second.array, "\(from) to \(to), \(count)")
        #expect(one == two, "\(from) to \(to), \(count)")
      }
    }
  }

  @Test("NaN and infinity are counted, other types have none", arguments: floatTypes)
  func counting(dtype: DType) {
    var generator = Generator(state: 3)
    for count in [0, 1, 15, 16, 33, 5000] {
      let source = anyBits(count, dtype, &generator)
      let wide = room(count, .f64)
      Kernels.scalar.widen(source, dtype, into: wide, .f64)
      let expected = values(wide, as: Double.self).filter { !$0.isFinite }.count
      #expect(Kernels.scalar.countNonFinite(source, dtype) == expected)
      #expect(Kernels.best.countNonFinite(source, dtype) == expected)
    }
    #expect(Kernels.best.countNonFinite(slice([UInt8](repeating: 255, count: 64)), .i32) == 0)
  }

  @Test("a long run of infinities does not overflow the lanes' counts")
  func manyInfinities() {
    let count = 3_000_000
    let source = slice([UInt16](repeating: 0x7C00, count: count))
    #expect(Kernels.best.countNonFinite(source, .f16) == count)
  }
}
