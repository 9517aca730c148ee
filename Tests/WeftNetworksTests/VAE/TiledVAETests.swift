import Testing
import WeftTestSupport
import WeftKernels
import WeftNetworks
import WeftTensors

struct TiledVAETests {
  private let backend = try? ReferenceBackend(threads: 2)

  @Test func `decodes tile by tile what diffusers decodes so`() throws {
    let (golden, backend) = (try Golden("vae_tiled"), try #require(backend))
    let decoder = try TinyVAE().decoder(backend)
    let latent = try golden.tensor("in.latent")
    let tiled = try decoder.tiled(latent, TileGrid(side: 8, overlap: 2), Pass(backend))
    let whole = try decoder(latent, Pass(backend))
    for (found, name) in [(tiled, "out.decoded_tiled"), (whole, "out.decoded_full")] {
      let expected = try golden.tensor(name)
      #expect(found.shape == expected.shape, "\(name)")
      #expect(relativeL2(found.floats, expected.floats) <= networkTolerance, "\(name)")
    }
  }

  @Test func `encodes tile by tile what diffusers encodes so`() throws {
    let (golden, backend) = (try Golden("vae_tiled"), try #require(backend))
    let encoder = try TinyVAE().encoder(backend)
    let image = try golden.tensor("in.image")
    let tiled = try encoder.tiled(image, TileGrid(side: 8, overlap: 2), Pass(backend))
    let whole = try encoder(image, Pass(backend))
    for (found, name) in [(tiled, "out.mean_tiled"), (whole, "out.mean_full")] {
      let expected = try golden.tensor(name)
      let mean = try found.mean(backend)
      #expect(mean.shape == expected.shape, "\(name)")
      #expect(relativeL2(mean.floats, expected.floats) <= networkTolerance, "\(name)")
    }
  }

  @Test func `what fits in one tile is not cut`() throws {
    let backend = try #require(backend)
    let decoder = try TinyVAE().decoder(backend)
    let latent = Tensor.pattern([1, 4, 8, 5])
    let tiled = try decoder.tiled(latent, TileGrid(side: 8, overlap: 2), Pass(backend))
    let whole = try decoder(latent, Pass(backend))
    #expect(tiled.floats == whole.floats)
  }

  @Test(arguments: [(9, 8), (8, 13), (15, 21)])
  func `pictures of a batch are tiled each by itself, at any size`(
    _ height: Int, _ width: Int
  ) throws {
    let backend = try #require(backend)
    let decoder = try TinyVAE(channels: [32, 32]).decoder(backend)
    let grid = try TileGrid(side: 8, overlap: 3)
    let both = Tensor.pattern([2, 4, height, width])
    let count = both.elementCount / 2
    let tiled = try decoder.tiled(both, grid, Pass(backend))
    #expect(tiled.shape == [2, 3, 2 * height, 2 * width])
    for picture in 0..<2 {
      let one = Tensor(
        [1, 4, height, width], Array(both.floats[picture * count..<(picture + 1) * count]))
      let alone = try decoder.tiled(one, grid, Pass(backend)).floats
      let found = Array(tiled.floats[picture * alone.count..<(picture + 1) * alone.count])
      #expect(relativeL2(found, alone) <= networkTolerance)
    }
  }

  @Test(arguments: [(8, 8), (8, -1), (0, 0)])
  func `tiles must advance`(_ side: Int, _ overlap: Int) {
    #expect(throws: NetworkError.self) { try TileGrid(side: side, overlap: overlap) }
  }
}
