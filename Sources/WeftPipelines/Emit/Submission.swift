/// What a submission file is made for: the tasks of a manifest, and what a worker needs.
package struct Submission: Sendable {
  /// The manifest, as an absolute path that the workers see.
  package var manifestPath: String
  /// The program, as a path that the workers see.
  package var weftPath: String
  /// The tasks of the manifest.
  package var taskCount: Int
  /// The parts that the tasks are split in, one for each worker: 1 to the number of tasks.
  package var sliceCount: Int
  /// The most workers that run at once; nil for as many as the engine likes.
  package var throttle: Int?
  /// The most memory that one worker is predicted to need.
  package var memoryByteCount: Int
  /// The time that the longest slice is predicted to take.
  package var seconds: Double
  /// The cores of a worker.
  package var cpuCount: Int
  /// What the job is called; characters that an engine does not take are replaced.
  package var name: String
  /// Kubernetes: the image that has the program.
  package var image: String?
  /// Kubernetes: the persistent volume claim that has the models.
  package var volumeClaim: String?
  /// Kubernetes: where the claim is mounted.
  package var mountPath: String?
  /// How often a worker is started again after a failure that a retry may cure.
  package var retries: Int

  /// Describes a submission; what only Kubernetes needs may be left out for the other engines.
  package init(
    manifestPath: String, weftPath: String, taskCount: Int, sliceCount: Int, throttle: Int? = nil,
    memoryByteCount: Int, seconds: Double, cpuCount: Int, name: String, image: String? = nil,
    volumeClaim: String? = nil, mountPath: String? = nil, retries: Int = 3
  ) {
    self.manifestPath = manifestPath
    self.weftPath = weftPath
    self.taskCount = taskCount
    self.sliceCount = sliceCount
    self.throttle = throttle
    self.memoryByteCount = memoryByteCount
    self.seconds = seconds
    self.cpuCount = cpuCount
    self.name = name
    self.image = image
    self.volumeClaim = volumeClaim
    self.mountPath = mountPath
    self.retries = retries
  }
}
