import Testing
import WeftFiles
import WeftKernels
import WeftTensors
import WeftInference

@Suite("Pictures as tensors") struct PictureTensorTests {
  @Test("all levels survive", arguments: [PictureRange.unit, .signed])
  func roundTrip(range: PictureRange) {
    let picture = Picture(
      width: 16, height: 16, channelCount: 3,
      values: (0..<768).map { UInt8(truncatingIfNeeded: $0 * 5) })
    let tensor = picture.tensor(range)
    #expect(tensor.shape == [1, 3, 16, 16])
    #expect(Picture.pictures(tensor, range) == [picture])
    let (low, high) = (tensor.floats.min(), tensor.floats.max())
    #expect(low == (range == .unit ? 0 : -1))
    #expect(high == 1)
  }

  @Test func `values are rounded to even, cut off, and never end the program`() {
    let levels: [Float] = [0.5, 1.5, 2.5, -900, 1800, .nan, .infinity, -.infinity, 255, 254.5]
    let tensor = Tensor(Shape([1, 1, 1, levels.count]), levels.map { $0 / 255 })
    #expect(Picture.pictures(tensor, .unit)[0].values == [0, 2, 2, 0, 255, 0, 255, 0, 255, 254])
  }

  @Test func `a batch gives a picture each`() {
    let tensor = Tensor(Shape([2, 3, 1, 2]), (0..<12).map { Float($0) / 255 })
    let pictures = Picture.pictures(tensor, .unit)
    #expect(pictures.map(\.values) == [[0, 2, 4, 1, 3, 5], [6, 8, 10, 7, 9, 11]])
  }

  @Test func `a mask is what is at least half white, by nearest values in a latent`() {
    let picture = Picture(
      width: 4, height: 2, channelCount: 1, values: [0, 127, 128, 255, 255, 0, 0, 200])
    let mask = Mask(picture)
    #expect(mask.values == [0, 0, 1, 1, 1, 0, 0, 1])
    #expect(mask.resized(width: 2, height: 1).values == [0, 1])
    #expect(mask.resized(width: 2, height: 1).tensor.shape == [1, 1, 1, 2])
    #expect(!mask.isEmpty)
    #expect(Mask(Picture(width: 1, height: 1, channelCount: 1, values: [9])).isEmpty)
  }
}
