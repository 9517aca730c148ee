import Testing
import WeftFiles
import WeftInference

@Suite("Measures of pictures") struct PictureComparisonTests {
  /// Both sides sum in float64, in another order.
  static let tolerance = 1e-12

  @Test func `similarity is scikit-image's`() throws {
    let goldens = try PictureGoldens()
    let (a, b) = (try goldens.picture("ssim.a"), try goldens.picture("ssim.b"))
    let colour = try #require(PictureComparison(a, b)?.ssim)
    #expect(abs(colour - (try goldens.double("ssim.colour"))) < Self.tolerance)
    let first = try #require(PictureComparison(red(a), red(b))?.ssim)
    #expect(abs(first - (try goldens.double("ssim.first"))) < Self.tolerance)
  }

  private func red(_ picture: Picture) -> Picture {
    Picture(
      width: picture.width, height: picture.height, channelCount: 1,
      values: Array(picture.planes.prefix(picture.pixelCount)))
  }

  @Test func `equal pictures have no distance`() throws {
    let picture = madeUpPicture(width: 20, height: 12, channels: 3)
    let comparison = try #require(PictureComparison(picture, picture))
    #expect(comparison.psnr == .infinity)
    #expect(abs(try #require(comparison.ssim) - 1) < Self.tolerance)
    #expect(comparison.meanAbsoluteDifference == 0)
    #expect(comparison.difference(amplified: 8).values.allSatisfy { $0 == 0 })
  }

  @Test func `distances are those of the formulas`() throws {
    let black = Picture(width: 2, height: 1, channelCount: 1, values: [0, 100])
    let grey = Picture(width: 2, height: 1, channelCount: 1, values: [51, 90])
    let comparison = try #require(PictureComparison(black, grey))
    // -10 · log10((51² + 10²) / 2 / 255²)
    #expect(abs(comparison.psnr - 16.825857724) < 1e-9)
    #expect(abs(comparison.meanAbsoluteDifference - 30.5 / 255) < Self.tolerance)
    #expect(comparison.maximumDifference == 0.2)
    #expect(comparison.difference(amplified: 4).values == [204, 40])
    #expect(comparison.difference(amplified: 6).values == [255, 60])
    #expect(comparison.ssim == nil)
  }

  @Test func `pictures of other sizes are not compared, and grey is compared with colour`() throws {
    let wide = madeUpPicture(width: 2, height: 1, channels: 1)
    #expect(PictureComparison(wide, madeUpPicture(width: 1, height: 2, channels: 1)) == nil)
    #expect(try #require(PictureComparison(wide, wide.flattened)).psnr == .infinity)
  }

  @Test func `a page can show a picture`() throws {
    let uri = try madeUpPicture(width: 3, height: 2, channels: 3).dataURI()
    #expect(uri.hasPrefix("data:image/png;base64,iVBORw0KGgo"))
    #expect(Base64.text(Array("weft".utf8)) == "d2VmdA==")
    #expect(Base64.text(Array("weft!".utf8)) == "d2VmdCE=")
    #expect(Base64.text(Array("wef".utf8)) == "d2Vm")
    #expect(Base64.text([]) == "")
  }
}
