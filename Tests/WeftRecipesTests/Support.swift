import Foundation
import Testing
import WeftFormats
import WeftRecipes
import WeftTensors

/// The library that is compiled in.
let library = Result { try FormatLibrary.embedded() }

/// The recipe of a text.
func recipe(_ yaml: String) throws -> MergeRecipe {
  try MergeRecipe(yaml: Array(yaml.utf8), path: "r.yaml", library: library.get())
}

/// The error that reading a text gives, or nil.
func problem(_ yaml: [UInt8], path: String = "r.yaml") throws -> RecipeProblem? {
  let library = try library.get()
  do throws(RecipeProblem) {
    _ = try MergeRecipe(yaml: yaml, path: path, library: library)
    return nil
  } catch {
    return error
  }
}

extension MergeRecipe {
  /// The merge step of a name.
  func merge(_ name: String) -> MergeStep? {
    guard case .merge(let step)? = step(name)?.action else { return nil }
    return step
  }

  /// The fuse step of a name.
  func fuse(_ name: String) -> FuseStep? {
    guard case .fuse(let step)? = step(name)?.action else { return nil }
    return step
  }

  /// The recipe with files for all that has none, as metadata needs.
  var withFiles: MergeRecipe {
    var recipe = self
    var count = 0
    func files() -> [FileIdentity] {
      count += 1
      return [FileIdentity(sampleSHA256: hash(count), byteCount: count)]
    }
    for index in recipe.models.indices where recipe.models[index].files.isEmpty {
      recipe.models[index].files = files()
    }
    for index in recipe.steps.indices {
      guard case .fuse(var step) = recipe.steps[index].action else { continue }
      for adapter in step.adapters.indices where step.adapters[adapter].files.isEmpty {
        step.adapters[adapter].files = files()
      }
      recipe.steps[index].action = .fuse(step)
    }
    return recipe
  }
}

/// A made-up SHA-256.
func hash(_ number: Int) -> String {
  let digits = String(number, radix: 16)
  return String(repeating: "0", count: 64 - digits.count) + digits
}

/// A file below `Tests/Fixtures/recipes` or `Tests/Fixtures/pipelines`.
struct RecipeFixture: Sendable, CustomTestStringConvertible {
  static let folder = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().appending(path: "Fixtures")

  let url: URL
  var name: String { url.lastPathComponent }
  var testDescription: String { name }

  /// The files of a folder, sorted by name.
  static func all(_ kind: String, of texts: String = "recipes") -> [RecipeFixture] {
    let names = try? FileManager.default.contentsOfDirectory(
      at: folder.appending(path: "\(texts)/\(kind)"), includingPropertiesForKeys: nil)
    return (names ?? []).map(RecipeFixture.init).sorted { $0.name < $1.name }
  }

  /// The bytes of the file.
  func bytes() throws -> [UInt8] { [UInt8](try Data(contentsOf: url)) }

  /// Expects the error that stands in the first line.
  func expect(_ problem: ([UInt8], String) throws -> RecipeProblem?) throws {
    let bytes = try bytes()
    let line = String(decoding: bytes.prefix { $0 != 0x0A }, as: UTF8.self)
    let error = try #require(try problem(bytes, name))
    #expect("# weft: error: \(error)" == line)
    #expect(error.status == .badData)
  }
}
