package import WeftFormats
package import WeftKernels
import Synchronization

/// Keeps the outputs of the modules whose paths fit one of the given patterns.
package final class ModuleTrace: ActivationObserver {
  private let globs: [Glob]
  private let found = Mutex<[NamedTensor]>([])

  /// Makes a trace of modules.
  package init(_ globs: [Glob]) { self.globs = globs }

  package func wants(_ path: String) -> Bool { globs.contains { $0.matches(path) } }

  package func observe(_ path: String, _ output: Tensor) {
    // A copy: the network goes on with the values and may overwrite them.
    let copy = Tensor(output.shape, output.floats)
    found.withLock { $0.append(NamedTensor("trace.\(path)", copy)) }
  }

  /// The outputs, in the order in which the modules ended.
  package var outputs: [NamedTensor] { found.withLock { $0 } }

  /// The patterns that no module fits.
  package var idle: [String] {
    let paths = outputs.map { String($0.name.dropFirst("trace.".count)) }
    return globs.filter { glob in !paths.contains { glob.matches($0) } }.map(\.source)
  }
}
