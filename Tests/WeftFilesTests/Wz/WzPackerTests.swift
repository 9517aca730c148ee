import Testing
import WeftFiles
import WeftTensors

@Suite("WzPacker")
struct WzPackerTests {
  private func size(_ bytes: [UInt8], _ dtype: DType, repeats: Bool = false) -> Int {
    WzImage.packed(bytes, as: PlaneForm(dtype), repeats: repeats).chunk.count
  }

  /// The order-0 entropy of the planes, in bytes: what no code of single bytes goes below.
  private func entropy(_ bytes: [UInt8], width: Int) -> Double {
    let bits = UInt64(8 * width)
    var counts = [[Int]](repeating: [Int](repeating: 0, count: 256), count: width)
    for start in stride(from: 0, to: bytes.count, by: width) {
      let value = bytes[start..<start + width].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
      let rotated = value << 1 | value >> (bits - 1)
      for plane in 0..<width {
        counts[plane][Int(rotated >> UInt64(8 * plane) & 0xFF)] += 1
      }
    }
    return counts.joined().filter { $0 > 0 }.reduce(0.0) { sum, count in
      sum - Double(count) * log2Of(Double(count * width) / Double(bytes.count)) / 8
    }
  }

  private func log2Of(_ value: Double) -> Double {
    var (value, result, step) = (value, 0.0, 1.0)
    while value < 1 { (value, result) = (value * 2, result - 1) }
    for _ in 0..<40 {
      (value, step) = (value * value, step / 2)
      if value >= 2 { (value, result) = (value / 2, result + step) }
    }
    return result
  }

  @Test(
    "weights take at most 2 percent more than the entropy of their planes",
    arguments: [DType.bf16, .f32])
  func entropy(dtype: DType) {
    let bytes = weights(60_000, dtype: dtype)
    let floor = entropy(bytes, width: dtype.blockByteCount)
    let packed = Double(size(bytes, dtype))
    // Huffman codes have whole bits, a frame has a header, and planes of less than 0.1 bit to gain are kept.
    #expect(packed < floor * 1.02)
    #expect(packed < Double(bytes.count) * 0.85)
  }

  @Test(
    "noise takes no more than its own size and the head of a chunk",
    arguments: [0, 1, 2, 3, 7, 47, 48, 49, 1000, 100_000])
  func noiseStays(count: Int) {
    for form in PlaneForm.all {
      let chunk = WzImage.packed(noise(count), as: form).chunk
      #expect(chunk.count <= 1 + 4 * form.width + count)
    }
  }

  @Test("one value, and values of which one prevails, take next to nothing")
  func constants() {
    #expect(size([UInt8](repeating: 7, count: 100_000), .u8) == 1 + 4 + 1)
    #expect(size([UInt8](repeating: 0, count: 100_000), .f32) == 1 + 16 + 4)
    // A whole bit for each byte would be 12,500.
    var rare = [UInt8](repeating: 7, count: 100_000)
    rare[99_999] = 8
    #expect(size(rare, .u8) < 100)
  }

  @Test("text is searched for repetitions")
  func text() {
    let text = (0..<2000).flatMap { Array("{\"name\": \"block.\($0).weight\"}".utf8) }
    #expect(size(text, .u8, repeats: true) < text.count / 5)
    #expect(size(text, .u8, repeats: true) < size(text, .u8) / 2)
  }

  @Test("kernels do not change a byte of what is packed")
  func kernels() {
    let bytes = weights(10_001, dtype: .bf16) + [1]
    for form in PlaneForm.all {
      let scalar = WzImage.packed(bytes, as: form, by: WzPacker(kernels: .scalar))
      let best = WzImage.packed(bytes, as: form, by: WzPacker(kernels: .best))
      #expect(scalar.chunk == best.chunk && scalar.checksum == best.checksum)
    }
  }
}
