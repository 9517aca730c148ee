import Testing
import WeftKernels
import WeftTensors

@Suite("squared errors")
struct SquaredErrorTests {
  @Test(
    "the sums are those of float64 in 16 lanes, on every instruction set",
    arguments: InstructionSet.available, [0, 1, 15, 16, 17, 4096, 5003])
  func sums(isa: InstructionSet, count: Int) {
    let values = (0..<count).map { Float(($0 * 7919 + 3) % 1013 - 500) / 137 }
    let stored = values.enumerated().map { $1 + Float($0 % 5 - 2) / 64 }
    let error = SquaredError(Self.slice(values), stored: Self.slice(stored), isa: isa)
    var (differences, squares) = (
      [Double](repeating: 0, count: 16), [Double](repeating: 0, count: 16)
    )
    for (index, (value, other)) in zip(values, stored).enumerated() {
      let difference = Double(value) - Double(other)
      differences[index % 16] += difference * difference
      squares[index % 16] += Double(value) * Double(value)
    }
    #expect(error.ofDifferences == Self.joined(differences))
    #expect(error.ofValues == Self.joined(squares))
  }

  @Test("values that are not finite are seen", arguments: InstructionSet.available)
  func notFinite(isa: InstructionSet) {
    for bad in [Float.infinity, .nan] {
      var values = [Float](repeating: 1, count: 100)
      let sound = values
      values[77] = bad
      let (good, broken) = (Self.slice(sound), Self.slice(values))
      #expect(!SquaredError(broken, stored: good, isa: isa).ofDifferences.isFinite)
      #expect(!SquaredError(good, stored: broken, isa: isa).ofDifferences.isFinite)
      #expect(!SquaredError(broken, stored: broken, isa: isa).ofValues.isFinite)
      #expect(SquaredError(good, stored: broken, isa: isa).ofValues == 100)
    }
  }

  @Test("parts add up")
  func parts() {
    let (one, two) = (Self.slice([1, 2]), Self.slice([0.5, 2]))
    var sum = SquaredError(one, stored: two)
    sum += SquaredError(two, stored: one)
    #expect(sum.ofDifferences == 0.5 && sum.ofValues == 9.25)
  }

  private static func joined(_ lanes: [Double]) -> Double {
    let half = (0..<8).map { lanes[$0] + lanes[$0 + 8] }
    return ((half[0] + half[4]) + (half[1] + half[5])) + ((half[2] + half[6]) + (half[3] + half[7]))
  }

  private static func slice(_ values: [Float]) -> ByteSlice {
    let buffer = ByteBuffer(byteCount: values.count * 4)
    buffer.all.copy(from: values.flatMap { withUnsafeBytes(of: $0, Array.init) })
    return buffer.all
  }
}
