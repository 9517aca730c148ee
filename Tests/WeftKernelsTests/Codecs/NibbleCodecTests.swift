import Testing
import WeftKernels
import WeftTensors

@Suite("Types of half a byte")
struct NibbleCodecTests {
  static let sets = InstructionSet.available

  private func encode(
    _ values: ByteSlice, _ codec: NibbleCodec, _ scaling: Scaling = .none
  ) -> (bytes: [UInt8], tally: Tally) {
    let bytes = room((values.byteCount / 4 + 1) / 2, .u8)
    var tally = Tally()
    codec.encode(values, scaling, into: bytes, tally: &tally)
    return (bytes.array, tally)
  }

  private func decode(
    _ bytes: [UInt8], count: Int, _ codec: NibbleCodec, _ scales: ScaleGroups? = nil
  ) -> [Float] {
    let target = room(count, .f32)
    codec.decode(slice(bytes), scales: scales, into: target)
    return values(target, as: Float.self)
  }

  /// Two codes a byte.
  private func packed(_ codes: [Int], highFirst: Bool, padding: Int) -> [UInt8] {
    let even = codes.count % 2 == 0 ? codes : codes + [padding]
    return stride(from: 0, to: even.count, by: 2).map { index -> UInt8 in
      let (first, second) = (UInt8(even[index]), UInt8(even[index + 1]))
      return highFirst ? first << 4 | second : second << 4 | first
    }
  }

  /// The code of the nearest value of a list, ties to the lower value.
  private func nearest(_ value: Float, in book: [Float]) -> Int {
    // The negative zero of FP4 takes what is above zero, so its place in the order is after zero.
    let order = book.indices.sorted { (book[$0], $0) < (book[$1], $1) }
    let place = (1..<16).filter { place in
      let line = (book[order[place - 1]] + book[order[place]]) / 2
      return !(value <= line)
    }
    return order[place.count]
  }

  /// Values on and beside every line between neighbours of a list, with some that are far away.
  private func hardValues(_ book: [Float]) -> [Float] {
    let sorted = book.sorted()
    let lines = zip(sorted, sorted.dropFirst()).map { ($0 + $1) / 2 }
    let ends: [Float] = [0, -0.0, 1e-20, -1e-20, 100, -100, .infinity, -.infinity, .nan, -7, 7]
    return sorted + lines + lines.map(\.nextUp) + lines.map(\.nextDown) + ends
  }

  @Test("E2M1 goes to the nearest value, ties to the even code", arguments: sets)
  func e2m1(isa: InstructionSet) {
    let inputs = hardValues(NibbleType.e2m1.book) + [Float(6.5), 0.3]
    let codes = inputs.map { TinyFloat.e2m1.round(Double($0), saturates: true) }
    let vanished = zip(inputs, codes).filter { $0 != 0 && $1 & 7 == 0 }.count
    for order in [NibbleOrder.highFirst, .lowFirst] {
      let codec = NibbleCodec(.e2m1, order: order, isa: isa)
      let found = encode(slice(inputs), codec)
      #expect(found.bytes == packed(codes, highFirst: order == .highFirst, padding: 0))
      // Beyond: 100 and 7 on both sides.
      #expect(found.tally.overflowed == 4 && found.tally.nonFiniteInputs == 3)
      #expect(found.tally.underflowed == vanished)
      let values = decode(found.bytes, count: inputs.count, codec)
      #expect(values.map(\.bitPattern) == codes.map { Float(TinyFloat.e2m1.value($0)).bitPattern })
    }
  }

  @Test("the types of bitsandbytes take the lower neighbour of a tie", arguments: sets)
  func lists(isa: InstructionSet) {
    var generator = Generator(state: 21)
    for type in [NibbleType.nf4, .bnbFP4] {
      let inputs = hardValues(type.book) + (0..<4001).map { _ in Float(generator.normal(0.4)) }
      let codes = inputs.map { nearest($0, in: type.book) }
      let codec = NibbleCodec(type, order: .highFirst, isa: isa)
      let padding = type == .nf4 ? 7 : 0
      let found = encode(slice(inputs), codec)
      #expect(found.bytes == packed(codes, highFirst: true, padding: padding), "\(type)")
      #expect(decode(found.bytes, count: inputs.count, codec) == codes.map { type.book[$0] })
      #expect(found.tally.nonFiniteInputs == 3)
      #expect(
        found.tally.underflowed
          == zip(inputs, codes).filter { $0.0.isFinite && $0.0 != 0 && type.book[$0.1] == 0 }.count)
    }
  }

  @Test("scales apply to their groups however slices are cut, the same for every set")
  func groups() {
    var generator = Generator(state: 22)
    let count = 5001
    let inputs = (0..<count).map { _ in Float(generator.normal(1)) }
    for type in NibbleType.allCases {
      for length in [3, 16, 64, Int.max] {
        let groupCount = length == .max ? 1 : count / length + 1
        let scales = (0..<groupCount).map { _ in Float(generator.normal(1)).magnitude + 0.01 }
        let all = ScaleGroups(slice(scales), length: length)
        let scalar = NibbleCodec(type, order: .lowFirst, isa: .scalar)
        let scaled = inputs.indices.map { inputs[$0] / scales[$0 / length] }
        let expected = encode(slice(scaled), scalar).bytes
        let plain = decode(expected, count: count, scalar)
        let read = plain.indices.map { plain[$0] * scales[$0 / length] }
        for isa in Self.sets {
          let codec = NibbleCodec(type, order: .lowFirst, isa: isa)
          for cut in [0, 2, 64, 2050] {
            var (bytes, values): ([UInt8], [Float]) = ([], [])
            for part in [0..<cut, cut..<count] {
              let groups = all.starting(at: part.lowerBound)
              let some = encode(slice(Array(inputs[part])), codec, .over(groups)).bytes
              bytes += some
              values += decode(some, count: part.count, codec, groups)
            }
            #expect(bytes == expected && values == read, "\(type) \(isa) \(length) \(cut)")
          }
        }
      }
    }
  }

  @Test("a file's own list of values is used", arguments: sets)
  func ownBook(isa: InstructionSet) {
    let book = (0..<16).map { Float($0) * 3 }
    let codec = NibbleCodec(.nf4, order: .highFirst, book: book, isa: isa)
    #expect(decode([0x1F, 0x20], count: 3, codec) == [3, 45, 6])
  }
}
