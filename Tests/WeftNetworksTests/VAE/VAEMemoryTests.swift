import Testing
import WeftTestSupport
import WeftKernels
import WeftNetworks
import WeftTensors

struct VAEMemoryTests {
  /// SD's decoder at 512 by 512 pixels may hold 700 MiB where its largest tensor has 256.
  private static let limit = 700.0 / 256

  /// An eighth of SD's channels, so that all tensors are in the same proportion.
  private func decoder(_ backend: ReferenceBackend) throws -> VAEDecoder {
    var tiny = try TinyVAE(channels: [16, 32, 64, 64])
    tiny.configuration = NetworkConfiguration(
      .object([.init("norm_num_groups", .integer(4))]), path: "config.json")
    return try tiny.decoder(backend)
  }

  @Test func `decoding holds little more than two of the largest tensors`() throws {
    let backend = try ReferenceBackend(threads: 1)
    let side = 64  // so large that the scratch memory of a convolution hardly counts
    _ = try decoder(backend)(.pattern([1, 4, side, side]), Pass(backend))
    let largest = Double(32 * 64 * side * side * Tensor.elementByteCount)
    #expect(Double(backend.pool.peakByteCount) < Self.limit * largest)
  }
}
