import ArgumentParser

/// The options of a fuse that changes its base instead of writing a new file.
struct InPlaceOptions: ParsableArguments {
  @Flag(help: "Change the model itself, which must be one safetensors file; needs --undo.")
  var inPlace = false

  @Option(
    help: ArgumentHelp("Where the original bytes go, for weft undo.", valueName: "file"))
  var undo: String?

  func validate() throws {
    if inPlace, undo == nil {
      throw ValidationError("--in-place needs a way back: add --undo FILE")
    }
    if !inPlace, undo != nil { throw ValidationError("--undo is for --in-place") }
  }

  /// Throws when another option wants a new file, other types, or all of the model read.
  func refuse(target: TargetOptions, form: FormOptions, hash: Bool) throws {
    guard inPlace else { return }
    let others: [(String, Bool)] = [
      ("-o", target.output != nil), ("--to", target.to != nil),
      ("--max-shard-size", target.maxShardSize != nil), ("--dtype", form.dtype != .keep),
      ("--layout", form.layout != .keep), ("--vae", form.vae != nil), ("--hash", hash),
    ]
    if let other = others.first(where: \.1)?.0 {
      throw ValidationError(
        "--in-place keeps the file as it is but for what the adapters change: leave \(other) out")
    }
  }
}
