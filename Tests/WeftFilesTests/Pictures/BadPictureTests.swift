import Testing
import WeftFiles
import WeftTensors

@Suite("Damaged and foreign pictures") struct BadPictureTests {
  let goldens: PictureGoldens

  init() throws { goldens = try PictureGoldens() }

  private func reason(
    _ bytes: [UInt8], limits: PictureLimits = .standard
  ) -> PictureError.Reason? {
    do {
      _ = try PictureFile(bytes, path: "picture", limits: limits)
      return nil
    } catch {
      return (error as? PictureError)?.reason
    }
  }

  @Test(
    "what is no picture is called by its name",
    arguments: [
      ("RIFF....WEBPVP8 ", "a WebP picture"), ("GIF89a......", "a GIF picture"),
      ("....ftypavif....", "an AVIF picture"), ("BM..............", "a BMP picture"),
      ("<!DOCTYPE html><html>", "a web page"), ("GGUF............", "a GGUF file"),
      ("version https://git-lfs.github.com/spec/v1", "a git-lfs pointer"),
    ])
  func foreign(start: String, title: String) {
    #expect(reason(Array(start.utf8)) == .notAPicture(title))
  }

  @Test func `an empty file, a text and a safetensors file are refused`() throws {
    #expect(reason([]) == .empty)
    #expect(reason(Array("hello".utf8)) == .notAPicture(nil))
    #expect(reason(try safetensors(names: ["a"])) == .notAPicture("a safetensors file"))
  }

  @Test(
    "a file that ends too early is refused wherever it ends",
    arguments: ["png.rgb8", "png.palette4.transparent", "jpeg.420", "jpeg.progressive"])
  func truncated(name: String) throws {
    let bytes = try goldens.file(name)
    // The checksum of the last chunk, which holds nothing, may be missing.
    for count in 1..<bytes.count - 4 {
      #expect(reason(Array(bytes.prefix(count))) != nil, "\(count) of \(bytes.count) bytes")
    }
    #expect(reason(Array(bytes.prefix(bytes.count * 3 / 4))) == .truncated)
  }

  @Test func `a flipped bit anywhere in a PNG is found by its checksums`() throws {
    let bytes = try goldens.file("png.rgb8")
    for index in bytes.indices {
      var damaged = bytes
      damaged[index] ^= 0x10
      #expect(reason(damaged) != nil, "byte \(index)")
    }
  }

  @Test func `a header that promises too much is refused before memory is taken`() throws {
    var bytes = try goldens.file("png.rgb8")
    func setSize(_ width: UInt32, _ height: UInt32) {
      for (offset, value) in [(16, width), (20, height)] {
        for byte in 0..<4 {
          bytes[offset + byte] = UInt8(truncatingIfNeeded: value >> (24 - 8 * byte))
        }
      }
      let checksum = Checksum.of(Array(bytes[12..<29]))
      for byte in 0..<4 {
        bytes[29 + byte] = UInt8(truncatingIfNeeded: checksum >> (24 - 8 * byte))
      }
    }
    setSize(0x7FFF_FFFF, 0x7FFF_FFFF)
    #expect(reason(bytes) == .damaged("arithmetic overflow"))
    setSize(100_000, 100_000)
    let limit = PictureLimits.standard.pixelCount
    #expect(reason(bytes) == .tooLarge(width: 100_000, height: 100_000, limit: limit))
    setSize(10_000, 10_000)
    #expect(reason(bytes) == .tooShort(width: 10_000, height: 10_000, byteCount: bytes.count))
    setSize(0, 4)
    #expect(reason(bytes) != nil)
  }

  @Test func `a JPEG's header that promises too much is refused`() throws {
    var bytes = try goldens.file("jpeg.420")
    let frame = try #require(
      bytes.indices.first { bytes[$0...].starts(with: [0xFF, 0xC0, 0, 17]) })
    for offset in 5..<9 { bytes[frame + offset] = 0xF0 }
    #expect(
      reason(bytes)
        == .tooLarge(width: 0xF0F0, height: 0xF0F0, limit: PictureLimits.standard.pixelCount))
    for offset in 5..<9 { bytes[frame + offset] = 0x10 }
    #expect(reason(bytes) == .tooShort(width: 0x1010, height: 0x1010, byteCount: bytes.count))
  }

  @Test func `inks are not read`() throws {
    #expect(
      reason(try goldens.file("jpeg.cmyk")) == .unsupported("a JPEG of printing inks (CMYK)"))
  }

  @Test func `texts and files beyond the limits are refused`() throws {
    let texts = [PictureFile.Text("parameters", String(repeating: "a", count: 5000))]
    let picture = madeUpPicture(width: 4, height: 4, channels: 3)
    let bytes = try PictureFile(picture, texts: texts).encoded(as: .png)
    var limits = PictureLimits.standard
    limits.textByteCount = 1000
    #expect(reason(bytes, limits: limits) == .longTexts)
    #expect(reason(bytes) == nil)
    let scratch = try Scratch()
    limits.fileByteCount = 100
    let path = try scratch.write(bytes, to: "a.png")
    #expect(throws: PictureError.self) { try PictureFile.read(path, limits: limits) }
  }

  @Test func `a text that a JPEG has no room for is refused when it is written`() throws {
    let text = PictureFile.Text("parameters", String(repeating: "猫", count: 40_000))
    let file = PictureFile(madeUpPicture(width: 4, height: 4, channels: 3), texts: [text])
    let error = actionableError { try file.encoded(as: .jpeg) } as? PictureError
    #expect(
      error?.reason == .longText(keyword: "parameters", byteCount: 80_058, limit: 65_533))
    #expect(throws: Never.self) { try file.encoded(as: .png) }
  }

  @Test("keywords that PNG files do not allow are refused", arguments: ["", " a", "a  b", "猫"])
  func keyword(keyword: String) {
    let file = PictureFile(
      madeUpPicture(width: 4, height: 4, channels: 3), texts: [.init(keyword, "text")])
    let error = actionableError { try file.encoded(as: .png) } as? PictureError
    #expect(error?.reason == .badKeyword(keyword))
  }

  @Test func `a file of EXIF that refers to itself or beyond its end is harmless`() throws {
    let bytes = try goldens.file("jpeg.comment")
    let start = try #require(bytes.indices.first { bytes[$0...].starts(with: Array("Exif".utf8)) })
    for offset in start..<start + 70 {
      for value in [0x00, 0x08, 0x7F, 0xFF] as [UInt8] {
        var damaged = bytes
        damaged[offset] = value
        #expect(throws: Never.self) { try PictureFile(damaged, path: "") }
      }
    }
  }
}
