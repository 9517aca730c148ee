import WeftFiles
import WeftFormats
import WeftTensors

/// What a user should know of a plan although it can be carried out.
struct PlanWarnings {
  let choice: OutputRecipe
  let base: BaseModel
  let vae: BaseModel?
  let isFuse: Bool
  let output: OutputPlanner.Result

  /// The warnings, one sentence each.
  var sentences: [String] {
    [
      averages, extraAverages, contradiction, missing, mismatched, otherVAE, keptTypes,
    ].compactMap { $0 } + repaired + base.checkpoint.notes
  }

  private var averages: String? {
    let count = output.tensors.count { MovingAverages.isAverage($0.info.name) }
    return count == 0 || !isFuse
      ? nil : "\(count) EMA tensors of the base are kept as they are, without the fuse"
  }

  private var extraAverages: String? {
    let extras = output.tensors.filter {
      $0.info.name.hasPrefix("\(DiffusersFolder.extrasComponent)/\(MovingAverages.prefix)")
    }
    let size = extras.reduce(0) { $0 + $1.info.byteCount } / 1_000_000
    return extras.isEmpty
      ? nil
      : "\(extras.count) EMA tensors, \(size) MB, go to \(DiffusersFolder.extrasName); leave them "
        + "out with --drop-ema"
  }

  private var contradiction: String? { base.contradiction }

  /// Positions that were once merged as numbers make a text encoder ignore tokens.
  private var repaired: [String] {
    output.repaired.map { "\($0) was not 0, 1, 2, ... as I64, as broken merges leave it; repaired" }
  }

  private var missing: String? {
    guard let first = base.recognition.missing.first else { return nil }
    return "the base lacks \(base.recognition.missing.count) tensors of its architecture, such as "
      + first.description
  }

  private var mismatched: String? {
    guard let first = base.recognition.mismatches.first else { return nil }
    return "\(base.recognition.mismatches.count) tensors of the base have odd shapes, such as "
      + "\(first.name): \(first.shape), not \(first.wanted)"
  }

  private var otherVAE: String? {
    guard let vae, vae.recognition.kind == .checkpoint, vae.architectureID != base.architectureID
    else { return nil }
    return "the VAE comes from \(vae.architectureID) and goes into \(base.architectureID), whose "
      + "latents may be scaled otherwise"
  }

  /// Only the model's own F16, BF16, F32 and F64 tensors are converted.
  private var keptTypes: String? {
    guard let dtype = choice.dtype else { return nil }
    let count = output.tensors.count { $0.info.dtype.kind == .float && $0.info.dtype != dtype }
    return count == 0
      ? nil : "\(count) tensors keep their type beside \(dtype.rawValue) (8-bit, EMA, schedules)"
  }
}
