package import WeftFormats
import WeftFiles
import WeftTensors

extension Submission {
  /// The file that is submitted to an engine.
  ///
  /// Throws `SubmissionError` when a number makes no sense, or when Kubernetes lacks an image or a volume.
  package func text(for engine: Engine) throws(SubmissionError) -> String {
    try checkNumbers()
    if let character = manifestPath.first(where: engine.forbiddenCharacters.contains) {
      throw .forbiddenCharacter(
        String(character), engine: engine.title, manifest: manifestPath)
    }
    let text = SubmissionText(
      template: engine.template, plain: numbers(for: engine).merging(choices(for: engine)) { $1 },
      quoted: paths.merging(try volumes(for: engine)) { $1 })
    return try text.filled { .unknownPlaceholder($0, engine: engine.id) }
  }

  private func checkNumbers() throws(SubmissionError) {
    let checks = [
      ("the number of tasks", taskCount, 1...Int.max),
      ("the number of slices", sliceCount, 1...max(1, taskCount)),
      ("the number of workers at once", throttle ?? 1, 1...Int.max),
      ("the number of cores", cpuCount, 1...Int.max),
      ("the number of retries", retries, 0...Int.max),
    ]
    for (what, value, range) in checks where !range.contains(value) {
      throw .outOfRange(what: what, value: value, range: range)
    }
  }
}

// The values of the placeholders.
extension Submission {
  private static let bytesInMebibyte = 1_048_576.0
  /// Longer than any queue allows, and short enough for every engine's integers.
  private static let longestSeconds = 365.0 * 24 * 3600

  /// The paths of the workers' files; what the engines keep lies beside the manifest.
  private var paths: [String: String] {
    let base = Paths.join(
      Paths.directory(of: manifestPath), SubmissionName.stem(Paths.name(of: manifestPath)))
    return [
      "weft": weftPath, "manifest": manifestPath, "logs": base + ".logs",
      // Slices of another number have other tasks in them.
      "joblog": "\(base).parallel/\(sliceCount)", "markers": "\(base).slices/\(sliceCount)",
    ]
  }

  private func numbers(for engine: Engine) -> [String: String] {
    let seconds = engine.timeMargin.applied(to: max(0, seconds))
    let wholeSeconds = Int(min(seconds, Self.longestSeconds).rounded(.up))
    let memory = engine.memoryMargin.applied(to: Double(max(0, memoryByteCount)))
    return [
      "tasks": String(taskCount), "slices": String(sliceCount), "cpus": String(cpuCount),
      "retries": String(retries), "throttle": String(min(throttle ?? sliceCount, sliceCount)),
      "seconds": String(wholeSeconds), "minutes": String((wholeSeconds + 59) / 60),
      "memory_mib": String(Int((memory / Self.bytesInMebibyte).rounded(.up))),
    ]
  }

  /// What is worded differently with and without a throttle, or with a slice for each task.
  private func choices(for engine: Engine) -> [String: String] {
    let codes = ExitStatus.permanent.map { String($0.rawValue) }
    let isTaskEach = sliceCount == taskCount
    return [
      "file_name": engine.fileName, "name": SubmissionName.plain(name),
      "label": SubmissionName.label(name),
      "permanent_pattern": codes.joined(separator: "|"),
      "permanent_list": codes.joined(separator: ", "),
      "array": "0-\(sliceCount - 1)" + (throttle.map { "%\($0)" } ?? ""),
      "array_option": isTaskEach ? "" : " --slices \(sliceCount)",
      "array_arguments": isTaskEach ? "" : ", \"--slices\", \"\(sliceCount)\"",
      "selector": isTaskEach ? "--index" : "--slice",
      "divisor": isTaskEach ? "" : "/\(sliceCount)",
      "jobs": throttle.map(String.init) ?? "\(max(1, 100 / cpuCount))%",
    ]
  }

  /// The texts that only Kubernetes has.
  private func volumes(for engine: Engine) throws(SubmissionError) -> [String: String] {
    guard engine.needsVolume else { return [:] }
    let needs = [
      ("image", image, "an image that has weft", "--image"),
      ("claim", volumeClaim, "the persistent volume claim that has the models", "--volume"),
      ("mount", mountPath, "the path where the claim is mounted", "--mount"),
    ]
    var texts: [String: String] = [:]
    for (key, value, what, option) in needs {
      guard let value else { throw .missing(engine: engine.title, what: what, option: option) }
      texts[key] = value
    }
    let mount = mountPath ?? "/"
    guard manifestPath.hasPrefix(mount.hasSuffix("/") ? mount : mount + "/") else {
      throw .outsideMount(manifest: manifestPath, mountPath: mount)
    }
    return texts
  }
}

extension Engine {
  /// Whether the workers see a volume and nothing else of the machine that submits.
  var needsVolume: Bool { template.contains("${image.") }
}
