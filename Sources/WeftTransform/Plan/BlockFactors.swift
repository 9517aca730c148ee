import WeftFormats
import WeftTensors

/// The factors by which the blocks of the model take an adapter, and why some changes have none.
struct BlockFactors {
  /// The weights that were asked for; nil when the adapter is taken alike everywhere.
  let weights: BlockWeights?
  /// Lines for the plan.
  let words: [String]

  /// The factors of an adapter; a ResAdapter is spared unless the request says otherwise.
  ///
  /// Its convolutions are in blocks that lists of 12 and 17 weights do not name, and its norms belong to all of them.
  init(
    _ request: AdapterRequest, isResAdapter: Bool, architecture: Architecture?,
    library: FormatLibrary
  ) throws {
    guard let text = request.blockWeights, let architecture else {
      weights = nil
      words = []
      return
    }
    let all = try Self.weights(text, request, architecture, library)
    guard !isResAdapter || request.weighsResAdapter else {
      weights = nil
      words = [
        "without the block weights \(all.text), which a ResAdapter is spared; lbw-resadapter=1 "
          + "applies them"
      ]
      return
    }
    weights = all
    words = ["block weights: \(all.words)"]
  }

  /// The factor of a module's changes.
  func factor(of module: CanonicalModule) -> Double { weights?.weight(of: module) ?? 1 }

  /// Why a module is left out; nil when it is not.
  func omission(of module: CanonicalModule) -> String? {
    guard let weights, weights.weight(of: module) == 0 else { return nil }
    return "the weight of its block \(weights.block(of: module)) is 0"
  }

  /// Refuses a change to a block that the weights do not name: programs differ on what that means.
  func requireWeight(of module: CanonicalModule, at place: String) throws {
    guard let weights, weights.isSilent(on: module) else { return }
    throw TransformError.refused(
      "it changes the block \(weights.block(of: module)), for which the block weights have no "
        + "number; some programs take that as 0, others as 1",
      at: place,
      advice: "add lbw-rest=0 or lbw-rest=1, or give a weight for every block of the model")
  }

  private static func weights(
    _ text: String, _ request: AdapterRequest, _ architecture: Architecture,
    _ library: FormatLibrary
  ) throws -> BlockWeights {
    do {
      return try BlockWeights(
        parsing: text, rest: request.blockRest, style: .adapter, architecture: architecture,
        library: library)
    } catch let error as BlockWeightsError {
      throw TransformError(
        status: error.status, what: error.what, place: request.path, advice: error.advice)
    }
  }
}
