import WeftTensors

/// How far a type takes values apart: what is measured, and what is accepted.
package struct ToleranceTable: Sendable {
  /// The relative L2 errors of one type.
  package struct Entry: Sendable, Hashable {
    /// The error of a Gaussian tensor that is stored in the type.
    package let weights: Double
    /// The error that is accepted of a network's outputs when all of its weights are.
    package let network: Double
  }

  /// How errors of networks grow into those of pictures.
  package struct Image: Sendable, Hashable {
    /// How much further off a guided prediction may be than a network's own outputs.
    package let guidance: Double
    /// How much further off latents may be after the last step than a prediction.
    package let path: Double
    /// The spread of a picture's values, whose whole range is 1: what the size of an error in it is measured by.
    package let contrast: Double
    /// The most that is asked of a signal-to-noise ratio: what rounding to 8 bits leaves.
    package let mostDecibels: Double
  }

  /// What is accepted of outputs whatever the type: what another order of sums makes.
  package let floor: Double
  /// The most that is ever accepted.
  package let most: Double
  /// How much worse than a Gaussian tensor another one may be.
  package let tensorMargin: Double
  /// How much worse than the network's outputs a module's may be.
  package let moduleMargin: Double
  /// What is accepted of pictures.
  package let image: Image
  let entries: [String: Entry]
  let otherwise: Entry

  /// The errors of a type by its name in files.
  package subscript(type: String) -> Entry { entries[type] ?? otherwise }

  /// What is accepted of the outputs of a network whose weights types take apart: the coarsest decides.
  package func network(_ types: some Sequence<String>) -> Double {
    min(most, max(floor, types.map { self[$0].network }.max() ?? 0))
  }
}

extension FormatFolders {
  /// The table, in which no type may stand twice.
  mutating func tolerances() throws(FormatError) -> ToleranceTable {
    let file = "verify/tolerances.json"
    let object = try FormatObject(
      try single(file), file: file,
      keys: ["floor", "most", "tensor_margin", "module_margin", "image", "types", "otherwise"])
    var entries: [String: ToleranceTable.Entry] = [:]
    for row in try object.objects("types", keys: ["types", "weights", "network"]) {
      for type in try row.texts("types") {
        guard entries.updateValue(try row.tolerances, forKey: type) == nil else {
          throw row.failure("types", "names \(type), which stands twice")
        }
      }
    }
    let image = try FormatObject(
      object["image"] ?? .null, file: file,
      keys: ["guidance_margin", "path_margin", "contrast", "most_decibels"])
    let otherwise = try FormatObject(
      object["otherwise"] ?? .null, file: file, keys: ["weights", "network"])
    return ToleranceTable(
      floor: try object.number("floor"), most: try object.number("most"),
      tensorMargin: try object.number("tensor_margin"),
      moduleMargin: try object.number("module_margin"), image: try image.imageMargins,
      entries: entries,
      otherwise: try otherwise.tolerances)
  }
}

extension FormatObject {
  fileprivate var imageMargins: ToleranceTable.Image {
    get throws(FormatError) {
      ToleranceTable.Image(
        guidance: try number("guidance_margin"), path: try number("path_margin"),
        contrast: try number("contrast"), mostDecibels: try number("most_decibels"))
    }
  }

  fileprivate var tolerances: ToleranceTable.Entry {
    get throws(FormatError) {
      ToleranceTable.Entry(weights: try number("weights"), network: try number("network"))
    }
  }
}
