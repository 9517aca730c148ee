import WeftTensors

extension PickleSearch {
  /// Whether a source starts as a safetensors file with a header of up to 4 GiB.
  static func isSafetensors(_ start: [UInt8]) -> Bool {
    start.count > 8 && start[4..<8].allSatisfy { $0 == 0 } && start[8] == UInt8(ascii: "{")
  }

  /// Notes why a safetensors file, by its name or its start, cannot be read.
  mutating func checkSoundness(_ item: Item, _ start: [UInt8]) {
    guard !item.isStorage, !start.isEmpty else { return }
    let name = item.member ?? item.source.path
    guard Self.isSafetensors(start) || name.hasSuffix(".safetensors") else { return }
    do {
      _ = try SafetensorsHeader.read(item.source)
    } catch {
      obstruct(item.member, (error as? any ActionableError)?.what ?? "it cannot be read")
    }
  }

  /// Notes when a torch file of the old format ends too early: its first pickles alone would look complete.
  mutating func checkEnd(_ item: Item) {
    guard let file = item.source as? InputFile, found.allSatisfy({ $0.problem == nil }),
      TorchLegacy.isMagic(file)
    else { return }
    do {
      _ = try TorchLegacy.open(file)
    } catch TorchError.Problem.truncated {
      obstruct(nil, TorchError(path: file.path, problem: .truncated).what)
    } catch let error as PickleError where error.problem == .truncated {
      obstruct(nil, error.what)
    } catch {
      // Whatever else is wrong with its tensors says nothing about what loading it would run.
    }
  }
}
