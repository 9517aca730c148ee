package import WeftKernels
import WeftNetworks
import WeftTensors

/// What a UNet is told in one step: what is not wanted first, then the parts of the prompt, as one batch.
struct StepConditions: Sendable {
  /// The texts, `[N, S, D]`, with what layers make of them.
  let prompt: Conditioning
  /// The pooled texts, `[N, P]`.
  let pooled: Tensor?
  /// The sizes, `[N, K]`.
  let timeIDs: Tensor?
  /// The weights of the prompt's parts.
  let weights: [Double]
  /// Whether the first of the batch is what is not wanted.
  let hasNegative: Bool

  /// The number of inputs of one picture.
  var count: Int { weights.count + (hasNegative ? 1 : 0) }
}

/// Puts together what a UNet is told, once for each prompt that comes up.
struct ConditionBook {
  private let prompts: EncodedPrompt
  private let isGuided: Bool
  private let sizes: SizeConditions?
  private let size: (height: Int, width: Int)
  private let images: ([Bool]) throws -> [ImagePrompt]
  private var known: [[Int]: StepConditions] = [:]

  /// Makes an empty book.
  ///
  /// - Parameters:
  ///   - prompts: the encoded prompts.
  ///   - isGuided: whether what is not wanted is looked at, too.
  ///   - sizes: what the model is told of sizes; nil for nothing.
  ///   - size: the picture's height and width in pixels.
  ///   - images: picture prompts for a batch of inputs, of which each is what is wanted or not.
  init(
    _ prompts: EncodedPrompt, isGuided: Bool, sizes: SizeConditions?,
    size: (height: Int, width: Int), images: @escaping ([Bool]) throws -> [ImagePrompt]
  ) {
    (self.prompts, self.isGuided, self.sizes) = (prompts, isGuided, sizes)
    (self.size, self.images) = (size, images)
  }

  /// The conditions of a step.
  mutating func conditions(at step: Int) throws -> StepConditions {
    let key = prompts.key(at: step)
    if let found = known[key] { return found }
    let positives = prompts.positives(at: step)
    // Parts that are weighed are weighed against what is not wanted.
    let isGuided = isGuided || positives.count != 1 || positives[0].weight != 1
    let negative = isGuided ? [prompts.negative(at: step)] : []
    let texts = negative + positives.map(\.conditioning)
    let areWanted = negative.map { _ in false } + positives.map { _ in true }
    var prompt = Conditioning(text: Tensor.stacked(texts.map(\.context)))  // [N, S, D]
    prompt.images = try images(areWanted)
    let pooled = texts.compactMap(\.pooled)
    let conditions = StepConditions(
      prompt: prompt,
      pooled: pooled.count == texts.count ? Tensor.stacked(pooled) : nil,  // [N, P]
      timeIDs: sizes.map { sizes in
        Tensor.stacked(
          areWanted.map {
            let values = sizes.values(height: size.height, width: size.width, isWanted: $0)
            return Tensor([1, values.count], values)
          })  // [N, K]
      },
      weights: positives.map { Double($0.weight) }, hasNegative: isGuided)
    known[key] = conditions
    return conditions
  }
}

extension Tensor {
  /// Plain tensors of `[1, ...]` one after the other: `[N, ...]`.
  package static func stacked(_ parts: [Tensor]) -> Tensor {
    let dimensions = parts.first?.shape.dimensions.dropFirst() ?? []
    return Tensor(Shape([parts.count] + dimensions), parts.flatMap(\.floats))
  }
}
