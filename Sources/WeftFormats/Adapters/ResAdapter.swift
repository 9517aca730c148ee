/// One of the two files of a ResAdapter, known by the modules that it has.
package struct ResAdapterHalf: Sendable, Hashable {
  /// Which of the files it is.
  package enum Part: Sendable, Hashable {
    /// Low-rank factors of the convolutions that change the size.
    case lowRank
    /// The norms of the residual blocks, which replace the model's.
    case norms
  }

  /// Which of the files it is.
  package let part: Part
  /// The modules of the low-rank half, or the tensors of the norms.
  package let count: Int
  /// The number that a complete file for the architecture has.
  package let expected: Int

  /// Makes a half.
  package init(part: Part, count: Int, expected: Int) {
    self.part = part
    self.count = count
    self.expected = expected
  }
}

/// The family of the modules of the low-rank half.
private let lowRankFamily = "lora"

extension FormatLibrary {
  /// Which half of a ResAdapter a file is, or nil when it has anything else, too.
  package func resAdapterHalf(_ reading: AdapterReading, _ table: AliasTable) -> ResAdapterHalf? {
    guard let family = families.first(where: { $0.halves != nil }), let halves = family.halves
    else { return nil }
    var paths: [String] = []
    for module in reading.modules {
      guard case .module(let target, _) = table.resolve(module.stem), target.component == "unet"
      else { return nil }
      paths.append(target.path)
    }
    let unet = table.modules.filter { $0.component == "unet" }.map(\.path)
    func fit(_ path: String, _ globs: [Glob]) -> Bool { globs.contains { $0.matches(path) } }
    guard !paths.isEmpty, !reading.leftovers.contains(where: { !$0.isHarmless }) else {
      return nil
    }
    if paths.allSatisfy({ fit($0, halves.lowRank) }),
      reading.modules.allSatisfy({ $0.family.id == lowRankFamily })
    {
      return ResAdapterHalf(
        part: .lowRank, count: paths.count, expected: unet.count { fit($0, halves.lowRank) })
    }
    guard paths.allSatisfy({ fit($0, halves.norms) }),
      reading.modules.allSatisfy({ $0.family.id == family.id })
    else { return nil }
    let count = reading.modules.reduce(0) { $0 + $1.tensors.count }
    return ResAdapterHalf(
      part: .norms, count: count, expected: 2 * unet.count { fit($0, halves.norms) })
  }
}
