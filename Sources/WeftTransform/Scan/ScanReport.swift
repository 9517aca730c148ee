import WeftFiles
package import WeftFormats
package import WeftTensors

/// What loading some files would do, by the pickles in them.
package struct ScanReport: Sendable {
  /// Whether a file is safe to load.
  package enum Verdict: String, Sendable {
    case safe, unsafe, unreadable
  }

  /// Something in a file that speaks against loading it, or that is worth knowing.
  package struct Finding: Sendable {
    /// Where it is, counted from the start of the file or member.
    package let offset: Int
    /// The member of an archive, or nil for the file itself.
    package let member: String?
    /// The function or class, or what is wrong, in words.
    package let what: String
    /// How bad it is.
    package let severity: PickleNames.Severity
  }

  /// A file and what is in it.
  package struct File: Sendable {
    /// The path.
    package let path: String
    /// Whether it is safe to load.
    package let verdict: Verdict
    /// What was found, in the order of the file.
    package let findings: [Finding]
    /// Whether it was asked for by name and there is no such file, or none that can be opened.
    package var isMissing = false
  }

  /// The files, in the order in which they were looked at.
  package let files: [File]

  /// Looks at files, and at all files of folders.
  package static func of(_ paths: [String], names: PickleNames) -> ScanReport {
    var files: [File] = []
    for path in paths {
      guard Paths.isDirectory(path) else {
        files.append(scan(argument: path, names))
        continue
      }
      for inner in FolderWalk.files(below: path) {
        if let file = scan(inner, names) { files.append(file) }
      }
    }
    return ScanReport(files: files)
  }

  /// The exit code of a command that gives this report.
  package var status: ExitStatus {
    if files.contains(where: { $0.verdict == .unsafe }) { return .answerIsNo }
    if files.contains(where: \.isMissing) { return .noInput }
    return files.contains { $0.verdict == .unreadable } ? .badData : .success
  }

  /// Looks at a file that was asked for by name.
  private static func scan(argument path: String, _ names: PickleNames) -> File {
    do throws(FileError) {
      return scan(try InputFile.open(path), names)
    } catch {
      var file = unreadable(path, error.what)
      file.isMissing = true
      return file
    }
  }

  /// Looks at a file of a folder; nil when it is no regular file.
  private static func scan(_ path: String, _ names: PickleNames) -> File? {
    do throws(FileError) {
      return scan(try InputFile.open(path), names)
    } catch {
      guard error.reason != .notAFile else { return nil }
      return unreadable(path, error.what)
    }
  }

  private static func scan(_ file: InputFile, _ names: PickleNames) -> File {
    do {
      return ScanJudge(names: names).judge(try PickleSearch.search(file), path: file.path)
    } catch {
      let what = (error as? any ActionableError)?.what ?? "it cannot be read"
      return unreadable(file.path, what)
    }
  }

  private static func unreadable(_ path: String, _ what: String) -> File {
    let finding = Finding(offset: 0, member: nil, what: what, severity: .notice)
    return File(path: path, verdict: .unreadable, findings: [finding])
  }
}

extension ScanReport {
  /// The report for programs.
  package var json: JSONValue {
    .object([JSONValue.Member("files", .array(files.map(\.json)))])
  }
}

extension ScanReport.File {
  fileprivate var json: JSONValue {
    .object([
      JSONValue.Member("path", .string(path)),
      JSONValue.Member("verdict", .string(verdict.rawValue)),
      JSONValue.Member("findings", .array(findings.map(\.json))),
    ])
  }
}

extension ScanReport.Finding {
  fileprivate var json: JSONValue {
    .object([
      JSONValue.Member("offset", .integer(offset)),
      JSONValue.Member("member", member.map(JSONValue.string) ?? .null),
      JSONValue.Member("what", .string(what)),
      JSONValue.Member("severity", .string(severity.rawValue)),
    ])
  }
}
