import WeftFiles

/// PNG files.
struct PNGTarget: FuzzTarget {
  let name = "png"

  func seeds() throws -> [[UInt8]] {
    let texts = [
      PictureFile.Text("parameters", "a café\nSteps: 20"), .init("prompt", #"{"text":"猫"}"#),
    ]
    var seeds = try [1, 3, 4].map { channels in
      try PictureFile(PictureSeeds.picture(channels: channels), texts: texts).encoded(as: .png)
    }
    seeds.append(try PictureFile(PictureSeeds.picture(channels: 3)).encoded(as: .png))
    return seeds + PNGImage.kinds.map(\.bytes)
  }

  func mutate(_ bytes: inout [UInt8], _ random: inout FuzzRandom) {
    guard var image = PNGImage(bytes), !image.chunks.isEmpty else {
      return ByteMutation.mutate(&bytes, &random)
    }
    image.mutate(&random)
    bytes = image.bytes
  }

  func read(_ path: String, into hasher: inout Hasher) throws -> String? {
    try PictureSeeds.read(path, into: &hasher)
  }
}

/// JPEG files.
struct JPEGTarget: FuzzTarget {
  let name = "jpeg"

  func seeds() throws -> [[UInt8]] {
    let texts = [PictureFile.Text("parameters", "猫\nSteps: 20"), .init("weft", "{}")]
    return try [(1, 50, texts), (3, 95, texts), (3, 30, [])].map { channels, quality, texts in
      try PictureFile(PictureSeeds.picture(channels: channels), texts: texts)
        .encoded(as: .jpeg, quality: quality)
    }
  }

  /// Every segment starts with 0xFF; what follows it decides most.
  func mutate(_ bytes: inout [UInt8], _ random: inout FuzzRandom) {
    let markers = bytes.indices.dropLast(5).filter { bytes[$0] == 0xFF && bytes[$0 + 1] != 0 }
    guard let marker = random.element(of: Array(markers)) else {
      return ByteMutation.mutate(&bytes, &random)
    }
    switch random.below(4) {
    case 0: bytes[marker + 1] = UInt8(0xC0 + random.below(0x40))
    case 1:
      Numbers.change(&bytes, at: marker + 2, width: 2, isBigEndian: true, &random)
    case 2:
      Numbers.change(
        &bytes, at: marker + 4 + random.below(16), width: 1 << random.below(3), isBigEndian: true,
        &random)
    default: ByteMutation.mutate(&bytes, &random)
    }
  }

  func read(_ path: String, into hasher: inout Hasher) throws -> String? {
    try PictureSeeds.read(path, into: &hasher)
  }
}

/// What both formats are fed with.
enum PictureSeeds {
  /// A small picture with edges and slopes.
  static func picture(channels: Int) -> Picture {
    let (width, height) = (13, 9)
    let values = (0..<width * height * channels).map { UInt8(truncatingIfNeeded: $0 * $0 / 5) }
    return Picture(width: width, height: height, channelCount: channels, values: values)
  }

  /// Reads a picture and its texts.
  static func read(_ path: String, into hasher: inout Hasher) throws -> String {
    let file = try PictureFile.read(path)
    let picture = file.picture
    guard picture.values.count == picture.width * picture.height * picture.channelCount else {
      throw Finding("a picture of another size than it says")
    }
    hasher.combine(file.picture)
    hasher.combine(file.texts)
    let side = max(picture.width, picture.height)
    return "\(picture.channelCount) channels, \(side.bitWidth - side.leadingZeroBitCount) bits, "
      + "\(file.texts.count) texts"
  }
}
