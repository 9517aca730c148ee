/// The sizes and timesteps of sample inputs.
package struct SamplePlan: Sendable {
  /// The timesteps of a UNet or ControlNet, each with the size of its latent.
  package let steps: [(timestep: Int, height: Int, width: Int)]
  /// The pixels of pictures, and 8 times those of latents.
  package let pictures: [(height: Int, width: Int)]

  /// Makes a plan.
  package init(
    steps: [(timestep: Int, height: Int, width: Int)], pictures: [(height: Int, width: Int)]
  ) {
    (self.steps, self.pictures) = (steps, pictures)
  }
}
