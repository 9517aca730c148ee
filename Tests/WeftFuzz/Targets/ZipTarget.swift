/// Checkpoints of torch whose archives are changed.
struct ZipTarget: FuzzTarget {
  let name = "zip"

  func seeds() throws -> [[UInt8]] {
    let names = ["tied.pt", "deflated.pt", "ema.pth", "big-endian.pt", "views.pt", "wide.pt"]
    let files = try names.map(TorchSeeds.file)
    let archives = files.prefix(2).compactMap { ZipImage($0) }
    return files + archives.map(\.wideBytes) + archives.map { $0.deflated.bytes }
  }

  func mutate(_ bytes: inout [UInt8], _ random: inout FuzzRandom) {
    guard var archive = ZipImage(bytes), !archive.members.isEmpty else {
      return ByteMutation.mutate(&bytes, &random)
    }
    if random.isOne(in: 2) { return ZipFields.mutate(&bytes, &random) }
    archive.mutate(&random)
    bytes = random.isOne(in: 8) ? archive.wideBytes : archive.bytes
  }
}
