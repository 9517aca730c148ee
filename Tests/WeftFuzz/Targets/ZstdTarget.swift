import WeftFiles
import WeftTensors

/// Safetensors files in the seekable format of zstd.
struct ZstdTarget: FuzzTarget {
  let name = "zst"

  private static let frameByteCounts = [64, 100, 1000, 8, 333, 4096]

  func seeds() throws -> [[UInt8]] {
    var seeds: [[UInt8]] = []
    for (content, byteCount) in zip(Self.contents, Self.frameByteCounts) {
      var image = try ZstdImage(content: content, frameByteCount: byteCount)
      if seeds.count % 3 == 1 { image.dropChecksums() }
      seeds.append(image.bytes)
    }
    let content = try SafetensorsSeeds.file([("a", .f32, [2, 2]), ("b", .u8, [40])])
    seeds.append(try ZstdImage(content: content, frameByteCount: 50).bytesAfterSkippable)
    seeds.append(ZstdImage(storing: content, frameByteCount: 30).bytes)
    return seeds
  }

  func mutate(_ bytes: inout [UInt8], _ random: inout FuzzRandom) {
    if random.isOne(in: 4), let packed = try? repacked(&random) { return bytes = packed.bytes }
    guard var image = ZstdImage(bytes), !image.frames.isEmpty else {
      return ByteMutation.mutate(&bytes, &random)
    }
    if random.isOne(in: 2) { return ZstdImage.changeField(of: &bytes, &random) }
    image.mutate(&random)
    bytes = image.bytes
  }

  /// A changed content in frames that are whole.
  private func repacked(_ random: inout FuzzRandom) throws -> ZstdImage? {
    guard var content = random.element(of: Self.contents) else { return nil }
    SafetensorsTarget().mutate(&content, &random)
    if random.isOne(in: 4) { ByteMutation.mutate(&content, &random) }
    return try ZstdImage(content: content, frameByteCount: 1 + random.below(content.count + 64))
  }

  private static let contents = (try? SafetensorsSeeds.files()) ?? []
}
