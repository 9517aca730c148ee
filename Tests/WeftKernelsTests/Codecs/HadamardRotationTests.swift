import Testing
import WeftKernels
import WeftTensors

@Suite("The rotation of ConvRot")
struct HadamardRotationTests {
  /// An element of the matrix, from its definition as a Kronecker power.
  private func element(_ row: Int, _ column: Int, size: Int) -> Double {
    guard size > 1 else { return 1 }
    let (r, c) = (row % 4, column % 4)
    return (r + c == 3 ? -0.5 : 0.5) * element(row / 4, column / 4, size: size / 4)
  }

  @Test(
    "a group is multiplied by the matrix, and twice is once too much", arguments: [4, 16, 64, 256])
  func rotation(length: Int) {
    var generator = Generator(state: 51)
    let inputs = (0..<3 * length).map { _ in Float(generator.normal(1)) }
    let group = slice(inputs)
    HadamardRotation.rotate(group, groupLength: length)
    let found = values(group, as: Float.self)
    for index in inputs.indices {
      let (row, start) = (index % length, index / length * length)
      let sum = (0..<length).reduce(0.0) {
        $0 + element(row, $1, size: length) * Double(inputs[start + $1])
      }
      // Float64 sums in another order, then the one rounding.
      #expect((Double(found[index]) - sum).magnitude <= 1e-6)
    }
    HadamardRotation.rotate(group, groupLength: length)
    #expect(zip(values(group, as: Float.self), inputs).allSatisfy { ($0 - $1).magnitude <= 1e-6 })
  }

  @Test("only powers of four up to 4096 are possible")
  func sizes() {
    let possible = (0...5000).filter { HadamardRotation.isPossible(groupLength: $0) }
    #expect(possible == [4, 16, 64, 256, 1024, 4096])
  }
}
