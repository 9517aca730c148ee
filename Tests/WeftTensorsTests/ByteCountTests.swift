import Testing
import WeftTensors

@Suite("Sizes with units")
struct ByteCountTests {
  @Test(
    "a number and a unit are a size, whatever the case",
    arguments: [
      ("1", 1), ("5GB", 5_000_000_000), ("900MiB", 900 << 20), ("1.5kib", 1536), ("2kb", 2000),
      ("0.5TiB", 1 << 39), ("1e3MB", 1_000_000_000), ("3tb", 3_000_000_000_000),
    ])
  func sizes(text: String, value: Int) {
    #expect(ByteCount(text)?.value == value)
  }

  @Test(
    "what is no size above zero is none",
    arguments: ["", "GB", "0", "0.1", "-1GB", "nan", "inf", "5 GB", "5 G", "1e30TB", "five", "1B"])
  func refusals(text: String) {
    #expect(ByteCount(text) == nil)
  }
}
