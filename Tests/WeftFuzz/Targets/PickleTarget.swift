/// Checkpoints of torch whose pickles are changed, beside or within archives that are whole.
struct PickleTarget: FuzzTarget {
  let name = "pickle"

  func seeds() throws -> [[UInt8]] {
    let archives = ["tied.pt", "views.pt", "embedding.pt", "module-state.pt", "parameters.pt"]
    let old = ["legacy.pt", "views-legacy.pt"]
    return try (archives + old).map(TorchSeeds.file) + [TorchSeeds.protocolZero()]
  }

  func mutate(_ bytes: inout [UInt8], _ random: inout FuzzRandom) {
    guard var archive = ZipImage(bytes) else {
      return PickleMutation.mutate(&bytes, &random)
    }
    if let index = archive.members.firstIndex(where: { $0.name.ends(with: "/data.pkl") }) {
      archive.members[index].change { PickleMutation.mutate(&$0, &random) }
    }
    bytes = archive.bytes
  }
}

extension [UInt8] {
  /// Whether bytes end with those of a text.
  func ends(with text: String) -> Bool { suffix(text.utf8.count).elementsEqual(text.utf8) }
}
