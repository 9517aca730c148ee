/// A pattern of paths, as shells have them.
///
/// `*` stands for any text, `?` for one character, `[a-z]` and `[!a-z]` for one character of a set or outside of it; none
/// of them stands for a slash, nor for the dot that a hidden name starts with. `**` between slashes stands for any
/// number of folders that are not hidden, at the end for everything below. Every other character stands for itself, a `[`
/// without its `]` included. The name `.` and a slash at the end mean nothing.
///
/// Source: https://pubs.opengroup.org/onlinepubs/9799919799/utilities/V3_chap02.html#tag_19_14
package struct PathGlob: Sendable {
  /// A part between slashes.
  private enum Part {
    /// Any number of folders.
    case folders
    /// One name.
    case name(NameGlob)
  }

  private let parts: [Part]
  private let isAbsolute: Bool
  /// Whether a slash is in the pattern, so that it is one of whole paths.
  private let hasSlash: Bool
  /// Whether the pattern may stand for more than one path.
  package let hasWildcards: Bool

  /// Makes a pattern.
  package init(_ text: String) {
    let names = PathNames(text)
    parts = names.names.map {
      $0.elementsEqual("**".unicodeScalars) ? .folders : .name(NameGlob($0))
    }
    isAbsolute = names.isAbsolute
    hasSlash = text.utf8.contains(UInt8(ascii: "/"))
    hasWildcards = parts.contains { part in
      if case .name(let glob) = part { glob.hasWildcards } else { true }
    }
  }

  /// Whether the pattern fits a path: the whole of it, or with a pattern that has no slash the last name.
  package func fits(_ path: String) -> Bool { fits(PathNames(path)) }

  /// Whether the pattern fits a path that is taken apart already.
  func fits(_ path: PathNames) -> Bool {
    hasSlash
      ? path.isAbsolute == isAbsolute && matches(path.names[...]) : matches(path.names.suffix(1))
  }

  /// Whether the pattern fits the whole path.
  package func matches(_ path: String) -> Bool {
    let names = PathNames(path)
    return names.isAbsolute == isAbsolute && matches(names.names[...])
  }

  /// Whether the parts fit names.
  ///
  /// It is enough to go back to the last `**`: what stands before it has taken the least that it can, and no hidden name
  /// that a later `**` may not take could be left to an earlier one.
  private func matches(_ names: ArraySlice<PathNames.Name>) -> Bool {
    var (part, name) = (0, names.startIndex)
    var retry: (part: Int, name: Int)?
    while name < names.endIndex {
      if part < parts.count, case .name(let glob) = parts[part], glob.matches(names[name]) {
        (part, name) = (part + 1, name + 1)
      } else if part < parts.count, case .folders = parts[part] {
        retry = (part, name)
        part += 1
      } else if let last = retry, names[last.name].first != "." {
        retry = (last.part, last.name + 1)
        (part, name) = (last.part + 1, last.name + 1)
      } else {
        return false
      }
    }
    return part == parts.count
  }
}

/// A path as the names between its slashes.
struct PathNames {
  typealias Name = [Unicode.Scalar]

  let names: [Name]
  let isAbsolute: Bool

  /// Takes a path apart; the name `.` and doubled slashes mean nothing.
  init(_ path: String) {
    isAbsolute = path.utf8.first == UInt8(ascii: "/")
    names = path.unicodeScalars.split(separator: "/").map(Array.init).filter { $0 != ["."] }
  }
}
