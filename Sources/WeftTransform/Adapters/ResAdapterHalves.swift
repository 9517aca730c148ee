import WeftFiles
import WeftFormats
import WeftTensors

extension ModuleResolver {
  /// Which halves of a ResAdapter the files of an adapter are; empty for another adapter.
  func halves(of source: AdapterSource) -> [ResAdapterHalf] {
    let halves = source.parts.compactMap { library.resAdapterHalf($0.reading, aliases) }
    return halves.count == source.parts.count ? halves : []
  }

  /// The families of an adapter's modules, or "resadapter" for one.
  func familyName(of source: AdapterSource) -> String {
    guard halves(of: source).isEmpty else { return ResAdapterNorm.family }
    let families = Set(source.parts.flatMap { $0.reading.modules.map(\.family.id) })
    return families.sorted().joined(separator: "+")
  }

  /// A ResAdapter's folder must hold both halves: one alone gives another model than its authors meant.
  ///
  /// A half that the user names as a file is meant to be alone.
  func requireBothHalves(_ source: AdapterSource) throws {
    let halves = halves(of: source)
    for half in halves where half.count < half.expected && halves.count > 1 {
      throw TransformError.refused(
        "the \(half.part == .lowRank ? "low-rank" : "norm") half of this ResAdapter has "
          + "\(half.count) of \(half.expected) parts",
        at: source.request.path, advice: "complete the download")
    }
    guard halves.count == 1, Paths.isDirectory(source.request.path) else { return }
    switch halves[0].part {
    case .lowRank where recipe.normMode != .skip:
      throw TransformError.noInput(
        "the norm half of this ResAdapter is missing (\(AdapterFolder.normName))",
        at: source.request.path,
        advice: "complete the download, or fuse the low-rank half alone with --norm skip")
    case .norms:
      throw TransformError.noInput(
        "the low-rank half of this ResAdapter is missing (\(AdapterFolder.lowRankName))",
        at: source.request.path,
        advice: "complete the download, or fuse the norms alone by giving "
          + "\(AdapterFolder.normName) itself")
    default: return
    }
  }

  /// A ResAdapter was trained for one architecture, even where its shapes fit another's.
  func refuseOtherResAdapter(_ source: AdapterSource) throws {
    guard let architecture = base.recognition.architecture, !halves(of: source).isEmpty,
      let homes = library.family(ResAdapterNorm.family)?.architectures,
      !homes.contains(architecture.id)
    else { return }
    throw TransformError.refused(
      "ResAdapters are made for \(homes.joined(separator: ", ")), but the model is "
        + architecture.id,
      at: source.request.path,
      advice: "fuse it into a model of an architecture that it was made for")
  }
}
