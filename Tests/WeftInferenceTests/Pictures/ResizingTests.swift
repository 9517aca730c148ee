import Testing
import WeftFiles
import WeftKernels
import WeftTensors
import WeftInference

@Suite("Pictures in other sizes") struct ResizingTests {
  let goldens: PictureGoldens

  init() throws { goldens = try PictureGoldens() }

  @Test func `resampling is Pillow's to the last bit`() throws {
    let names = goldens.names("resize.").filter { $0.split(separator: ".").count == 4 }
    #expect(names.count == 44)
    for name in names {
      let parts = name.split(separator: ".")
      let resampling = try #require(Resampling(rawValue: String(parts[3])))
      let source = try goldens.picture("resize.\(parts[1])")
      let wanted = try goldens.picture(name)
      let made = source.resized(width: wanted.width, height: wanted.height, resampling)
      #expect(made == wanted, "\(name)")
    }
  }

  @Test func `grey is Pillow's`() throws {
    #expect(try goldens.picture("resize.photo").grey == goldens.picture("grey"))
  }

  @Test("CLIP's towers get what transformers gives them", arguments: ["wide", "tall", "small"])
  func vision(name: String) throws {
    let made = VisionInput.tensor(try goldens.picture("clip.\(name)"), side: 32).floats
    #expect(distance(made, try goldens.floats("clip.\(name).values")) < Self.tolerance)
  }

  @Test func `CLIP's towers look at 224 pixels a side`() throws {
    let made = VisionInput.tensor(try goldens.picture("clip.wide"))
    #expect(made.shape == [1, 3, 224, 224])
    let values = made.floats
    var rows: [Float] = []
    for channel in 0..<3 {
      for row in stride(from: 0, to: 224, by: 32) {
        let start = (channel * 224 + row) * 224
        rows += stride(from: 0, to: 224, by: 7).map { values[start + $0] }
      }
    }
    #expect(distance(rows, try goldens.floats("clip.real.rows")) < Self.tolerance)
  }

  /// A division in float32 after one in float64.
  static let tolerance: Float = 1e-6

  private func distance(_ a: [Float], _ b: [Float]) -> Float {
    #expect(a.count == b.count)
    return zip(a, b).reduce(0) { max($0, abs($1.0 - $1.1)) }
  }

  @Test func `a picture is stretched, cut or filled up to fit`() {
    let wide = Picture(
      width: 4, height: 2, channelCount: 1, values: [10, 20, 30, 40, 10, 20, 30, 40])
    #expect(wide.fitted(width: 2, height: 2, .crop).values == [20, 30, 20, 30])
    let filled = wide.fitted(width: 4, height: 4, .fill)
    #expect(filled.values == [10, 20, 30, 40, 10, 20, 30, 40, 10, 20, 30, 40, 10, 20, 30, 40])
    let stretched = wide.fitted(width: 2, height: 2, .stretch, .nearest)
    #expect(stretched.values == [20, 40, 20, 40])
    for fit in PictureFit.allCases {
      let made = madeUpPicture(width: 37, height: 91, channels: 3).fitted(
        width: 64, height: 48, fit)
      #expect((made.width, made.height) == (64, 48))
      #expect(wide.fitted(width: 4, height: 2, fit) == wide)
    }
  }

  @Test func `extreme proportions leave a pixel at least`() {
    let line = madeUpPicture(width: 300, height: 1, channels: 3)
    for fit in PictureFit.allCases {
      let made = line.fitted(width: 8, height: 8, fit)
      #expect((made.width, made.height) == (8, 8))
    }
  }
}
