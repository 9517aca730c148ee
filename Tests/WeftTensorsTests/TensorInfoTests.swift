import Testing
import WeftTensors

@Suite("TensorInfo")
struct TensorInfoTests {
  @Test(
    "the size follows from the shape and the type",
    arguments: [
      (DType.f16, [320, 4, 3, 3], 23040), (.f32, [], 4), (.f4, [1, 2], 1), (.f6e2m3, [4], 3),
      (.bool, [3], 3), (.c64, [2], 16), (.u8, [0, 5], 0),
    ] as [(DType, [Int], Int)])
  func byteCount(dtype: DType, dimensions: [Int], byteCount: Int) {
    #expect(
      TensorInfo(name: "t", dtype: dtype, shape: Shape(dimensions))?.byteCount == byteCount)
  }

  @Test(
    "a size that overflows or is no whole number of bytes gives nothing",
    arguments: [
      (DType.f4, [1, 3]), (.f6e3m2, [2]), (.f32, [2, Int.max]), (.f64, [Int.max / 8 + 1]),
      (.u8, [Int.max, 2, 0]), (.u8, [0, Int.max, 2]), (.u8, [-1]),
    ] as [(DType, [Int])])
  func invalid(dtype: DType, dimensions: [Int]) {
    #expect(TensorInfo(name: "t", dtype: dtype, shape: Shape(dimensions)) == nil)
  }

  @Test("control characters of a name are shown as escapes")
  func printableNames() {
    #expect(printable("a\u{1B}[2Jb\u{202E}é") == "a\\u{1b}[2Jb\\u{202e}é")
  }
}
