/// What weights do to the states of a chunk's tokens, `[T, C]` row after row.
package enum EmphasisArithmetic {
  /// Multiplies tokens by their weights, then everything so that the mean is what it was before, as the web UI does.
  ///
  /// - Parameters:
  ///   - states: chunks that are computed together: the mean is that of all of them.
  ///   - weights: the weights of each chunk's tokens.
  /// - Returns: the states of each chunk.
  /// Source: https://github.com/AUTOMATIC1111/stable-diffusion-webui/blob/v1.10.1/modules/sd_emphasis.py
  package static func keepMean(_ states: [[Float]], weights: [[Double]]) -> [[Float]] {
    guard weights.contains(where: { $0.contains { $0 != 1 } }) else { return states }
    let weighted = zip(states, weights).map { multiply($0, by: $1) }
    let factor = Float(sum(states) / sum(weighted))
    // Weights that cancel each other leave no mean to restore.
    guard factor.isFinite else { return weighted }
    return weighted.map { $0.map { $0 * factor } }
  }

  /// Moves tokens away from those of the empty prompt, as ComfyUI does: `empty + weight · (state - empty)`.
  ///
  /// Source: https://github.com/comfyanonymous/ComfyUI/blob/v0.3.40/comfy/sd1_clip.py
  package static func moveAway(
    _ states: [Float], from empty: [Float], weights: [Double]
  ) -> [Float] {
    let width = states.count / weights.count
    var result = states
    for (token, weight) in weights.enumerated() where weight != 1 {
      for index in token * width..<(token + 1) * width {
        result[index] = empty[index] + Float(weight) * (states[index] - empty[index])
      }
    }
    return result
  }

  private static func multiply(_ states: [Float], by weights: [Double]) -> [Float] {
    let width = states.count / weights.count
    return states.enumerated().map { $1 * Float(weights[$0 / width]) }
  }

  private static func sum(_ states: [[Float]]) -> Double {
    states.reduce(0) { $0 + $1.reduce(0) { $0 + Double($1) } }
  }
}
