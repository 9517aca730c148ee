package import WeftTensors

/// A decomposition that LAPACK could not finish, such as one of values that are not finite.
package struct LapackFailure: ActionableError {
  /// The LAPACK function.
  let function: String
  /// Its answer.
  let info: Int

  /// The exit code of a command that ends with this error.
  package var status: ExitStatus { .badData }
  /// What is wrong.
  package var what: String { "\(function) found no decomposition (info \(info))" }
  /// The function knows no file.
  package var place: String? { nil }
  /// What to do next.
  package var advice: String { "look for NaN and infinite values in the inputs" }
}

/// Calls a LAPACK function twice: for the size of its workspace, and with one.
///
/// - Parameters:
///   - function: the name, for errors.
///   - width: the bytes of an element of the workspace.
///   - call: gets the workspace and its size in elements; a size of -1 asks for the best one.
/// - Throws: when the function answers that it failed.
func withWorkspace(
  of function: String, width: Int, _ call: (UnsafeMutableRawPointer?, Int) -> Int32
) throws(LapackFailure) {
  let answer = ByteBuffer(byteCount: 64)
  var info = withExtendedLifetime(answer) { call(answer.all.start, -1) }
  guard info == 0 else { throw LapackFailure(function: function, info: Int(info)) }
  let count = withExtendedLifetime(answer) { () -> Int in
    guard let start = answer.all.start else { return 1 }
    // LAPACK answers in the type of the elements; float32 rounds large sizes, so a little is added.
    return width == 8
      ? Int(start.load(as: Double.self)) : Int(start.load(as: Float.self) * 1.0001) + 1
  }
  let work = ByteBuffer(byteCount: max(1, count) * width, isZeroed: false)
  info = withExtendedLifetime(work) { call(work.all.start, max(1, count)) }
  guard info == 0 else { throw LapackFailure(function: function, info: Int(info)) }
}
