import Testing
import WeftKernels
import WeftTensors

@Suite("Scales made of largest magnitudes")
struct ScaleRulesTests {
  private func run(_ inputs: [Float], _ body: (ByteSlice, ByteSlice) -> Void) -> [Float] {
    let target = room(inputs.count, .f32)
    body(slice(inputs), target)
    return values(target, as: Float.self)
  }

  @Test("linear scales are not less than the least, and NaN stays")
  func linear() {
    let found = run([448, 0, 1, .nan, .infinity]) {
      ScaleRules.linear($0, greatest: 448, least: 1e-8, into: $1)
    }
    #expect(found.prefix(3) == [1, 1e-8, 1 / Float(448)])
    #expect(found[3].isNaN && found[4] == .infinity)
  }

  @Test("inverses are rounded before they are multiplied")
  func inverse() {
    let scales: [Float] = [3, 7, 0x1p-140]
    let found = run(scales) { ScaleRules.inverse($0, numerator: 127, least: 1e-38, into: $1) }
    #expect(found == [1 / Float(3) * 127, 1 / Float(7) * 127, 1 / Float(1e-38) * 127])
  }

  @Test("powers of two by both rules")
  func powers() {
    let largest: [Float] = [
      448, 449, 256, 0, 3, .nan, .infinity, 0x1p-149, .greatestFiniteMagnitude,
    ]
    func codes(_ rule: PowerRule, greatest: Float) -> ([UInt8], [Float]) {
      let bytes = room(largest.count, .u8)
      let scales = run(largest) {
        ScaleRules.powers(rule, $0, greatest: greatest, codes: bytes, into: $1)
      }
      return (bytes.array, scales)
    }
    let (floor, floorScales) = codes(.floor, greatest: 448)
    #expect(floor == [127, 127, 127, 0, 120, 255, 255, 0, 246])
    #expect(floorScales[0] == 1 && floorScales[3] == 0x1p-127 && floorScales[5].isNaN)
    let (ceiling, ceilingScales) = codes(.ceiling, greatest: 448)
    #expect(ceiling == [127, 128, 127, 0, 120, 255, 255, 0, 247])
    #expect(ceilingScales[1] == 2 && ceilingScales[3] == 0 && ceilingScales[7] == 0x1p-127)
    #expect(codes(.floor, greatest: 6).0.prefix(3) == [133, 133, 133])
  }

  @Test("the nearest of 256 values, ties to the lower one")
  func nearest() {
    let book = (0..<256).map { Float($0) - 100 }
    let places = room(7, .u8)
    ScaleRules.nearest(
      slice([-100.4, -99.5, 0, 0.5, 0.75, 1e9, -Float.infinity]), in: book, into: places)
    #expect(places.array == [0, 0, 100, 100, 101, 255, 0])
  }

  @Test("NVFP4's scales are E4M3 and hold the tensor's")
  func nvfp4() {
    let bytes = room(3, .u8)
    let scales = run([6, 0, 6 * 500]) {
      ScaleRules.nvfp4($0, tensorScale: 0.5, codes: bytes, into: $1)
    }
    #expect(bytes.array == [0x40, 0, 0x7E])
    #expect(scales == [1, 0, 224])
  }
}
