import WeftKernels

/// How a large picture or latent is cut into tiles that overlap.
/// Source: https://github.com/huggingface/diffusers/blob/v0.42.1/src/diffusers/models/autoencoders/autoencoder_kl.py
package struct TileGrid: Sendable, Hashable {
  /// The height and width of a tile, in pixels of the latent.
  package let side: Int
  /// The pixels of the latent that two tiles share.
  package let overlap: Int

  /// Makes a grid, unless stated that of SD1 and SD2 in diffusers; SDXL's is twice as large.
  ///
  /// - Throws: `NetworkError` when tiles would not advance.
  package init(side: Int = 64, overlap: Int = 16) throws {
    guard overlap >= 0, overlap < side else {
      throw NetworkError.input(
        "tiles of \(side) pixels of the latent cannot share \(overlap)",
        advice: "let them share a quarter of their side")
    }
    (self.side, self.overlap) = (side, overlap)
  }

  /// The grid on both sides of a network, in pixels of each.
  struct Scaled {
    /// The height and width of a tile before the network.
    let side: Int
    /// The way from one tile to the next before the network.
    let stride: Int
    /// The pixels that two tiles share after the network.
    let blend: Int
    /// The pixels that stay of a tile after the network.
    let kept: Int

    /// The grid where a pixel of the latent is so many before and after the network.
    init(_ grid: TileGrid, input: Int, output: Int) {
      side = grid.side * input
      stride = (grid.side - grid.overlap) * input
      blend = grid.overlap * output
      kept = (grid.side - grid.overlap) * output
    }
  }
}
