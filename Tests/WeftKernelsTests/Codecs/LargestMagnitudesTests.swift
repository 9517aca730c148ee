import Testing
import WeftKernels
import WeftTensors

@Suite("Largest magnitudes of groups")
struct LargestMagnitudesTests {
  static let types: [DType] = [.f16, .bf16, .f32]

  @Test("each group has its largest magnitude however slices are cut", arguments: types)
  func largest(dtype: DType) {
    var generator = Generator(state: 31)
    for length in [1, 16, 31, 320, 100_000] {
      let count = 2500
      let inputs = anyBits(count, dtype, &generator)
      let wide = room(count, .f64)
      Kernels.scalar.widen(inputs, dtype, into: wide, .f64)
      let doubles = values(wide, as: Double.self)
      let expected = stride(from: 0, to: count, by: length).map { start in
        let group = doubles[start..<min(start + length, count)]
        return group.contains(where: \.isNaN) ? Double.nan : group.map(\.magnitude).max() ?? 0
      }
      let width = inputs.byteCount / count
      for isa in InstructionSet.available {
        for cut in [0, 7, 64, 1250] {
          let found = LargestMagnitudes(elementCount: count, length: length, isa: isa)
          for part in [cut..<count, 0..<cut] {
            found.add(
              inputs[part.lowerBound * width..<part.upperBound * width], dtype,
              start: part.lowerBound)
          }
          let singles = values(found.values, as: Float.self)
          #expect(singles.count == expected.count)
          #expect(
            zip(singles, expected).allSatisfy { $0.isNaN ? $1.isNaN : Double($0) == $1 },
            "\(isa) \(length) \(cut)")
        }
      }
    }
  }

  @Test("a tensor without elements has no groups")
  func empty() {
    #expect(LargestMagnitudes(elementCount: 0, length: 8).values.byteCount == 0)
  }
}
