import Foundation
import WeftTensors
import WeftFiles
package import WeftRecipes

/// Finds the models that a pipeline names.
package struct InputFinder {
  /// A model, and where it lies below the glob that it was found by.
  package struct Found: Sendable, Equatable {
    /// The path, as the pipeline would name it.
    package let path: String
    /// The folder below the part of the glob that has no wildcards; `.` for none.
    package let folder: String
  }

  private let pipeline: Pipeline
  private let place: PipelinePlace
  private let pipelinePath: String

  /// Prepares to look for the models of a pipeline; its path is for errors.
  package init(_ pipeline: Pipeline, at place: PipelinePlace, pipelinePath: String) {
    self.pipeline = pipeline
    self.place = place
    self.pipelinePath = pipelinePath
  }

  /// The models in the order of the pipeline, each once.
  ///
  /// - Throws: for a glob that fits nothing, a list that is missing, and when nothing is left.
  package func inputs() throws -> [Found] {
    let excluded = pipeline.excluded.map { PathGlob($0.glob) }
    var seen: Set<String> = []
    var result: [Found] = []
    for input in pipeline.inputs {
      let isGlob =
        if case .glob(let text) = input.source { PathGlob(text).hasWildcards } else { false }
      for found in try models(of: input) {
        let isExcluded = excluded.contains { $0.fits(found.path) }
        if !isExcluded, !isGlob || !isShard(found.path), seen.insert(found.path).inserted {
          result.append(found)
        }
      }
    }
    guard !result.isEmpty else {
      throw PipelineError(
        status: .noInput, what: "every input is excluded", place: pipelinePath,
        advice: "narrow 'exclude'")
    }
    return result
  }

  /// Whether a file is a part of a model whose index lies beside it.
  private func isShard(_ path: String) -> Bool {
    guard let parts = path.range(of: "-of-") else { return false }
    let stem = path[..<parts.lowerBound].dropLast(Self.shardDigitCount + 1)
    return Paths.exists(place.path(stem + ShardIndex.suffix))
  }

  /// The digits of a shard's number, which a hyphen comes before.
  private static let shardDigitCount = 5

  /// Whether a path, as the pipeline would name it, is one that its globs would find if something were there.
  func wouldFind(_ path: String) -> Bool {
    let folder = Self.normal(place.outputFolder)
    let globs = pipeline.inputs.compactMap { input -> PathGlob? in
      // Wildcards do not lead into the folder of the outputs.
      guard case .glob(let text) = input.source,
        folder == "." || Self.normal(text).hasPrefix(folder + "/")
      else { return nil }
      return PathGlob(text)
    }
    return globs.contains { $0.hasWildcards && $0.matches(path) }
      && !pipeline.excluded.contains { PathGlob($0.glob).fits(path) }
  }

  private func models(of input: PipelineInput) throws -> [Found] {
    switch input.source {
    case .list(let path): return try listed(in: path)
    case .glob(let text):
      let glob = PathGlob(text)
      // A model that is not there is the trouble of its task alone; a glob that fits nothing is a mistake in the pipeline.
      guard glob.hasWildcards else { return [Found(path: Self.normal(text), folder: ".")] }
      let found = GlobWalk(place: place).paths(fitting: Self.normal(text))
      guard !found.isEmpty else { throw emptyProblem(text, at: input.position) }
      return found
    }
  }

  private func emptyProblem(_ glob: String, at position: SourcePosition?) -> PipelineError {
    let line = position.map { ", line \($0.line), column \($0.column)" } ?? ""
    return PipelineError(
      status: .noInput, what: "the glob '\(glob)' fits nothing", place: pipelinePath + line,
      advice: "paths count from the pipeline's folder; correct the glob or remove it")
  }

  private func listed(in path: String) throws -> [Found] {
    var lines = try LineReader(place.path(path))
    var result: [Found] = []
    var number = 0
    while let (line, _) = try lines.next() {
      number += 1
      guard let text = String(validating: line, as: UTF8.self) else {
        throw PipelineError.badData(
          "the list is not UTF-8", at: "\(path), line \(number)", advice: "save it as UTF-8")
      }
      let name = Self.listedName(text, isFirst: number == 1)
      guard !name.isEmpty, name.utf8.first != UInt8(ascii: "#") else { continue }
      result.append(Found(path: Self.normal(name), folder: "."))
    }
    guard !result.isEmpty else {
      throw PipelineError(
        status: .noInput, what: "the list names no models", place: path,
        advice: "write a path a line")
    }
    return result
  }

  /// A line without what editors on Windows put at its end and at the start of a file.
  private static func listedName(_ line: String, isFirst: Bool) -> String {
    var scalars = line.unicodeScalars[...]
    if scalars.last == "\r" { scalars.removeLast() }
    if isFirst, scalars.first == "\u{FEFF}" { scalars.removeFirst() }
    return String(scalars)
  }

  /// A path without `.`, doubled and trailing slashes, so that two spellings of a path are one model.
  static func normal(_ path: String) -> String {
    let parts = path.utf8.split(separator: UInt8(ascii: "/")).map { String(Substring($0)) }
    let joined = parts.filter { $0 != "." }.joined(separator: "/")
    return path.utf8.first == UInt8(ascii: "/") ? "/" + joined : joined.isEmpty ? "." : joined
  }
}

/// Goes through the folders that a glob may fit something in.
///
/// A wildcard does not lead into the folder of the outputs: what a pipeline makes is none of its inputs, unless a glob names that
/// folder.
struct GlobWalk {
  let place: PipelinePlace
  private var outputs: String { InputFinder.normal(place.outputFolder) }

  /// What a glob with wildcards fits, sorted by name within each folder.
  func paths(fitting glob: String) -> [InputFinder.Found] {
    let isAbsolute = glob.utf8.first == UInt8(ascii: "/")
    let parts = glob.utf8.split(separator: UInt8(ascii: "/")).map { String(Substring($0)) }
    let fixed = parts.prefix { !PathGlob($0).hasWildcards }
    let start = (isAbsolute ? "/" : "") + fixed.joined(separator: "/")
    var found: [InputFinder.Found] = []
    descend(into: start, below: ".", parts[fixed.count...], &found)
    return found
  }

  /// Folders are followed as deep as the glob has parts, and below `**` as deep as they go without links.
  private func descend(
    into folder: String, below: String, _ parts: ArraySlice<String>,
    _ found: inout [InputFinder.Found]
  ) {
    guard let part = parts.first else { return }
    let rest = parts.dropFirst()
    if part == "**" { descend(into: folder, below: below, rest, &found) }
    let glob = PathGlob(part)
    for name in Paths.names(in: folder.isEmpty ? place.path(".") : place.path(folder)) {
      let path = folder.isEmpty ? name : Paths.join(folder, name)
      let inner = below == "." ? name : Paths.join(below, name)
      if part == "**" {
        let actual = place.path(path)
        guard name.utf8.first != UInt8(ascii: ".") else { continue }
        if !Paths.isDirectory(actual) {
          if rest.isEmpty { found.append(InputFinder.Found(path: path, folder: below)) }
        } else if !Paths.isLink(actual), path != outputs {
          descend(into: path, below: inner, parts, &found)
        }
      } else if glob.matches(name) {
        if rest.isEmpty {
          found.append(InputFinder.Found(path: path, folder: below))
        } else if path != outputs, Paths.isDirectory(place.path(path)) {
          descend(into: path, below: inner, rest, &found)
        }
      }
    }
  }
}
