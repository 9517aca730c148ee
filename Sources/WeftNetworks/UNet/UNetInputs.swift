package import WeftKernels
import WeftTensors

extension UNet {
  /// What a UNet or ControlNet looks at in one step.
  package struct Inputs: Sendable {
    /// The noisy latent, with mask and masked picture where the model takes them: `[N, C, H, W]`.
    package var sample: Tensor
    /// The timestep of each picture.
    package var timesteps: [Float]
    /// The prompt.
    package var prompt: Conditioning
    /// The pooled prompt of SDXL, `[N, P]`.
    package var pooledText: Tensor?
    /// The sizes and places of SDXL, `[N, 6]`; the refiner has 5.
    package var timeIDs: Tensor?
    /// What ControlNets add.
    package var control: ControlResiduals?
    /// What a T2I-Adapter adds, level by level.
    package var features: [Tensor] = []

    /// Makes the inputs of a model without additional conditions.
    package init(sample: Tensor, timesteps: [Float], prompt: Conditioning) {
      (self.sample, self.timesteps, self.prompt) = (sample, timesteps, prompt)
    }

    /// The pooled text with the embedded sizes behind it: `[N, width]`.
    func addedConditions(width: Int) throws -> Tensor {
      guard let pooledText, let timeIDs else {
        throw NetworkError.input(
          "the model needs the pooled text and the sizes", advice: "give text_embeds and time_ids")
      }
      let (pooled, ids) = (pooledText[1], timeIDs[1])
      let each = (width - pooled) / max(1, ids)
      guard ids > 0, each > 0, each % 2 == 0, pooled + ids * each == width else {
        throw NetworkError.input(
          "text_embeds of \(pooled) features and \(ids) time_ids do not make the \(width) features "
            + "that the model takes", advice: "SDXL has 6 time_ids, its refiner 5")
      }
      let embedded = SinusoidalEmbedding.tensor(timeIDs.floats, width: each).floats
      let texts = pooledText.floats
      var values: [Float] = []
      for row in 0..<pooledText[0] {
        values += texts[row * pooled..<(row + 1) * pooled]
        values += embedded[row * ids * each..<(row + 1) * ids * each]
      }
      return Tensor([pooledText[0], width], values)  // [N, P + ids · each]
    }
  }
}

/// What ControlNets add to a UNet.
package struct ControlResiduals: Sendable {
  /// For each output that is kept on the way down.
  package var down: [Tensor]
  /// For the middle.
  package var middle: Tensor?

  /// Makes residuals.
  package init(down: [Tensor], middle: Tensor?) {
    (self.down, self.middle) = (down, middle)
  }

  /// Adds all of them.
  func add(to x: inout Tensor, _ skips: inout [Tensor], _ pass: Pass) throws {
    guard down.isEmpty || down.count == skips.count else {
      throw NetworkError.input(
        "down_residual has \(down.count) tensors, but the way down keeps \(skips.count) outputs",
        advice: "use a ControlNet of this architecture")
    }
    for (index, residual) in down.enumerated() {
      try Self.requireShape(of: residual, as: skips[index], "down_residual.\(index)")
      skips[index] = try pass.backend.add(skips[index], residual, factor: 1)
    }
    if let middle {
      try Self.requireShape(of: middle, as: x, "mid_residual")
      x = try pass.backend.add(x, middle, factor: 1)
    }
  }

  private static func requireShape(of residual: Tensor, as x: Tensor, _ name: String) throws {
    guard residual.shape == x.shape else {
      throw NetworkError.input(
        "\(name) is \(residual.shape), but must be \(x.shape)",
        advice: "use a ControlNet of this architecture and a latent of the same size")
    }
  }
}
