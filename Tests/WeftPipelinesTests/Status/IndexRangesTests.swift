import Testing
import WeftPipelines

@Suite("Ranges of indices")
struct IndexRangesTests {
  @Test(
    "join three and more in a row",
    arguments: [
      ([], ""), ([0], "0"), ([3, 4], "3,4"), ([3, 4, 5], "3-5"),
      ([3, 17, 40, 41, 42, 43, 44], "3,17,40-44"),
      ([0, 1, 2, 4, 5, 7, 8, 9], "0-2,4,5,7-9"), (Array(0..<10_000), "0-9999"),
      ([1, 3, 5], "1,3,5"),
    ])
  func texts(indices: [Int], text: String) {
    #expect(IndexRanges.text(indices) == text)
  }
}
