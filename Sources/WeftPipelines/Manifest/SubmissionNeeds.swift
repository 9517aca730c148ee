/// What the tasks of a manifest need of machines.
package struct SubmissionNeeds: Sendable {
  /// The number of tasks.
  package let taskCount: Int
  /// The most memory that a task is predicted to hold, in bytes.
  package let memoryByteCount: Int
  private let totalSeconds: Double
  private let longestSeconds: Double

  /// Reads the predictions of a manifest.
  package init(_ file: ManifestFile) throws {
    var (memory, total, longest) = (0, 0.0, 0.0)
    try file.forEachTask { task in
      memory = max(memory, task.cost.memoryByteCount)
      total += task.cost.seconds
      longest = max(longest, task.cost.seconds)
    }
    taskCount = file.manifest.taskCount
    memoryByteCount = memory
    totalSeconds = total
    longestSeconds = longest
  }

  /// The time of the longest of so many slices, in seconds: none has more than the mean and one task.
  package func seconds(ofSlices count: Int) -> Double {
    count >= taskCount ? longestSeconds : totalSeconds / Double(max(1, count)) + longestSeconds
  }
}
