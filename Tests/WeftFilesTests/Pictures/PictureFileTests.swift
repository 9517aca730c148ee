import Testing
import WeftFiles
import WeftTensors

@Suite("Picture files") struct PictureFileTests {
  let goldens: PictureGoldens

  init() throws { goldens = try PictureGoldens() }

  @Test(
    "pictures of every kind are read as what they stand for", arguments: PictureGoldens.fileNames)
  func reading(name: String) throws {
    let file = try PictureFile(goldens.file(name), path: name)
    #expect(try file.picture == goldens.picture(name + ".values"))
  }

  @Test func `all goldens are there`() { #expect(PictureGoldens.fileNames.count == 52) }

  @Test func `texts of a PNG are read in Latin-1, in Unicode and unpacked`() throws {
    let file = try PictureFile(goldens.file("png.texts"), path: "texts")
    #expect(file["parameters"] == "a café, 50×50\nSteps: 20")
    #expect(file["prompt"] == "猫 and ☕")
    #expect(file["packed"] == String(repeating: "猫 ", count: 40))
    #expect(file["ztxt"] == String(repeating: "again ", count: 40))
    #expect(file["absent"] == nil)
  }

  @Test func `texts behind the pixels count, and UTF-8 where Latin-1 should be is understood`()
    throws
  {
    let file = try PictureFile(goldens.file("png.late"), path: "late")
    #expect(file.texts == [.init("parameters", "late"), .init("wrong", "naïve")])
  }

  @Test(
    "a JPEG's user comment is the parameters",
    arguments: [
      ("jpeg.comment", "猫 and ☕\nSteps: 20"), ("jpeg.comment.little", "little 猫"),
      ("jpeg.comment.ascii", "plain"),
    ])
  func comment(name: String, text: String) throws {
    #expect(try PictureFile(goldens.file(name), path: name)["parameters"] == text)
  }

  @Test(
    "a written PNG has the same pixels and texts, and the same bytes each time",
    arguments: [1, 3, 4])
  func pngRoundTrip(channels: Int) throws {
    let picture = madeUpPicture(width: 37, height: 23, channels: channels)
    let texts = [
      PictureFile.Text("parameters", "plain\nSteps: 20"), .init("latin", "café ÿ"),
      .init("weft", #"{"prompt":"猫"}"#), .init("tricky", "Ã©"), .init("empty", ""),
    ]
    let file = PictureFile(picture, texts: texts)
    let bytes = try file.encoded(as: .png)
    let back = try PictureFile(bytes, path: "")
    #expect(back.picture == picture)
    #expect(back.texts == texts)
    #expect(try file.encoded(as: .png) == bytes)
  }

  @Test func `a written JPEG is near, and has its texts`() throws {
    let picture = try goldens.picture("jpeg.444.values")
    let texts = [
      PictureFile.Text("parameters", "猫, (masterpiece:1.2)\nSteps: 20"), .init("weft", #"{"a":1}"#),
    ]
    let bytes = try PictureFile(picture, texts: texts).encoded(as: .jpeg)
    let back = try PictureFile(bytes, path: "")
    #expect(back.texts == texts)
    // Quality 95 rounds the 64 frequencies of a block to at most 5 levels.
    let errors = zip(picture.values, back.picture.values).map { abs(Int($0) - Int($1)) }
    #expect(errors.reduce(0, +) < 3 * errors.count)
    #expect(try PictureFile(picture, texts: texts).encoded(as: .jpeg) == bytes)
  }

  @Test func `what is transparent becomes white in a JPEG`() throws {
    let clear = Picture(
      width: 8, height: 8, channelCount: 4, values: [UInt8](repeating: 0, count: 256))
    let back = try PictureFile(try PictureFile(clear).encoded(as: .jpeg), path: "")
    #expect(back.picture.channelCount == 3)
    #expect(back.picture.values.allSatisfy { $0 >= 254 })
  }

  @Test func `a file is written whole, and replaced only when that is said`() throws {
    let scratch = try Scratch()
    let file = PictureFile(madeUpPicture(width: 5, height: 4, channels: 3))
    try file.write(to: scratch["a.png"], replacing: false)
    #expect(try PictureFile.read(scratch["a.png"]).picture == file.picture)
    let error = actionableError { try file.write(to: scratch["a.png"], replacing: false) }
    #expect((error as? FileError)?.reason == .exists)
    try file.write(to: scratch["a.png"], replacing: true)
    try file.write(to: scratch["b.JPG"], replacing: false)
    #expect(try PictureFormat(start: scratch.bytes("b.JPG")) == .jpeg)
    #expect(scratch.names.sorted() == ["a.png", "b.JPG"])
  }
}
