import WeftTensors

/// Checkpoints that torch saved: pickles that are decoded, never executed, and the data beside them.
package enum TorchFile {
  /// Opens a checkpoint of either format; no tensor's data is read yet.
  package static func open(_ file: InputFile) throws -> Checkpoint {
    let start = try file.bytes(0..<min(file.byteCount, 4))
    do {
      return start.starts(with: Array("PK".utf8))
        ? try TorchZip.open(file) : try TorchLegacy.open(file)
    } catch let problem as TorchError.Problem {
      throw TorchError(path: file.path, problem: problem)
    }
  }

  /// The tensors by name of a pickle; without any, the error says what the pickle names instead.
  static func state(of pickle: Pickle, file: InputFile) throws -> StateDict {
    do throws(TorchError.Problem) {
      return try StateDict(pickle)
    } catch {
      guard error == .noStateDict else { throw error }
      throw TorchError(
        path: file.path, problem: error, named: TorchError.foreignNames(in: pickle.globals))
    }
  }

  /// The tensors that a pickle describes, each with the source of its bytes.
  static func tensors(
    of state: StateDict, in pickle: Pickle, file: InputFile, placer: TensorPlacer
  ) throws -> [Checkpoint.Tensor] {
    let decoder = TensorDecoder(pickle: pickle)
    var placer = placer
    var names: Set<String> = []
    return try state.entries.map { entry in
      do {
        guard names.insert(entry.name).inserted else { throw TorchError.Problem.duplicateName }
        return try placer.place(decoder.tensor(entry.value), name: entry.name)
      } catch let problem as TorchError.Problem {
        throw TorchError(path: file.path, tensor: entry.name, problem: problem)
      }
    }
  }
}
