import WeftFiles
import WeftTensors

/// Safetensors files in the container `.safetensors.wz`.
struct WzTarget: FuzzTarget {
  let name = "wz"

  private static let chunkByteCounts = [64, 100, 1000, 8, 333, 4096]

  func seeds() throws -> [[UInt8]] {
    zip(Self.contents, Self.chunkByteCounts).enumerated().map { number, pair in
      WzImage(
        content: pair.0, chunkByteCount: pair.1,
        form: PlaneForm.all[number % PlaneForm.all.count]
      ).bytes
    }
  }

  func mutate(_ bytes: inout [UInt8], _ random: inout FuzzRandom) {
    if random.isOne(in: 4) { return bytes = repacked(&random)?.bytes ?? bytes }
    guard var image = WzImage(bytes), !image.chunks.isEmpty else {
      return ByteMutation.mutate(&bytes, &random)
    }
    if random.isOne(in: 8) { return WzImage.changeField(of: &bytes, &random) }
    if random.isOne(in: 8) { image.changeEntry(&random) } else { image.mutate(&random) }
    bytes = image.bytes
  }

  /// A changed content in chunks that are whole.
  private func repacked(_ random: inout FuzzRandom) -> WzImage? {
    guard var content = random.element(of: Self.contents),
      let form = random.element(of: PlaneForm.all)
    else { return nil }
    SafetensorsTarget().mutate(&content, &random)
    if random.isOne(in: 4) { ByteMutation.mutate(&content, &random) }
    return WzImage(
      content: content, chunkByteCount: 1 + random.below(content.count + 64), form: form)
  }

  private static let contents = (try? SafetensorsSeeds.files()) ?? []
}
