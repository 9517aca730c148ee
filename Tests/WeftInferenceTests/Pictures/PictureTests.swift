import Testing
import WeftFiles

@Suite struct PictureTests {
  @Test func `pictures of the same values are equal`() {
    let picture = Picture(width: 1, height: 2, channelCount: 1, values: [1, 2])
    #expect(picture == Picture(width: 1, height: 2, channelCount: 1, values: [1, 2]))
    #expect(picture != Picture(width: 2, height: 1, channelCount: 1, values: [1, 2]))
  }
}
