/// One chunk of a prompt that is text and nothing else, as diffusers has it: what is too long is cut off.
///
/// A learned word is found wherever its letters are, and gives all of its vectors.
/// Sources: https://github.com/huggingface/diffusers/blob/v0.42.1/src/diffusers/pipelines/stable_diffusion/pipeline_stable_diffusion.py
/// and https://github.com/huggingface/diffusers/blob/v0.42.1/src/diffusers/loaders/textual_inversion.py
enum PlainChunker {
  /// The chunk, and the tokens that had no room.
  static func chunk(
    of prompt: String, _ tokenizer: CLIPTokenizer, _ words: LearnedWords, length: Int
  ) -> (chunk: PromptChunk, cut: [Int]) {
    let ids = tokenizer(prompt, words)
    let kept = ids.prefix(length - 2).map { WeightedToken(id: $0, weight: 1) }
    return (PromptChunk(kept, tokenizer, length: length), Array(ids.dropFirst(length - 2)))
  }
}
