import COneDNN
package import WeftTensors

/// The library that multiplies for the fast backend.
package enum OneDNN {
  /// Whether weft was built with it.
  package static var isBuilt: Bool { weft_onednn_is_built() }

  /// Whether it can be used; the first call decides which instructions it may use in this process.
  package static func load(_ set: FastInstructionSet = .best) -> Bool {
    weft_onednn_load(set.oneDNN)
  }

  /// The version, such as 2.6.3; nil when it cannot be used.
  package static var version: String? {
    guard load() else { return nil }
    var parts: (Int32, Int32, Int32) = (0, 0, 0)
    withUnsafeMutableBytes(of: &parts) { bytes in
      // In bounds: three numbers are written, and the tuple has three.
      bytes.withMemoryRebound(to: Int32.self) { weft_onednn_version($0.baseAddress) }
    }
    return "\(parts.0).\(parts.1).\(parts.2)"
  }

  /// Calls `body` with each worker's number on the library's threads.
  static func perform(_ workers: Int, _ body: @Sendable (Int) -> Void) {
    withoutActuallyEscaping(body) { body in
      let box = Box(body)
      // The box outlives the call, which ends when all workers have.
      withExtendedLifetime(box) {
        let context = Unmanaged.passUnretained(box).toOpaque()
        weft_onednn_perform(
          Int32(workers),
          { context, worker in
            guard let context else { return }
            Unmanaged<Box>.fromOpaque(context).takeUnretainedValue().body(Int(worker))
          }, context)
      }
    }
  }

  /// Throws what a call of the library answers unless it is done.
  static func check(_ status: Int32, _ operation: String) throws(OneDNNError) {
    guard status != Int32(WEFT_ONEDNN_DONE) else { return }
    throw OneDNNError(operation: operation, answer: status)
  }

  private final class Box: Sendable {
    let body: @Sendable (Int) -> Void
    init(_ body: @escaping @Sendable (Int) -> Void) { self.body = body }
  }
}

/// oneDNN cannot be loaded.
package struct OneDNNMissing: ActionableError {
  /// Makes the error.
  package init() {}

  /// The exit code of a command that ends with this error.
  package var status: ExitStatus { .noInput }
  /// What is wrong.
  package var what: String {
    OneDNN.isBuilt ? "the library libdnnl.so.2 cannot be loaded" : "weft was built without oneDNN"
  }
  /// There is no place in a file to name.
  package var place: String? { nil }
  /// What to do next.
  package var advice: String {
    OneDNN.isBuilt
      ? "install oneDNN (on Debian and Ubuntu: apt install libdnnl2) or use the reference backend"
      : "build with the trait OneDNN or use the reference backend"
  }
}

/// oneDNN does not compute something.
package struct OneDNNError: ActionableError {
  let operation: String
  let answer: Int32

  /// The exit code of a command that ends with this error.
  package var status: ExitStatus { answer == 1 ? .inputOutput : .bug }
  /// What is wrong.
  package var what: String {
    answer == 1
      ? "there is not enough memory for \(operation)" : "oneDNN answers \(answer) to \(operation)"
  }
  /// There is no place in a file to name.
  package var place: String? { nil }
  /// What to do next.
  package var advice: String { "give smaller inputs, or use the reference backend" }
}
