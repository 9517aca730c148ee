import Testing
import WeftKernels
import WeftTensors

struct TensorPoolTests {
  /// `[N, C, H, W]` of 256 KiB, more than the pool's smallest buffer.
  private static let shape: Shape = [1, 4, 128, 128]
  private static let byteCount = 256 << 10

  @Test func `memory that nobody uses is used again`() throws {
    let pool = TensorPool()
    let address = pool.tensor(Self.shape).values.memory.baseAddress
    #expect(pool.tensor(Self.shape).values.memory.baseAddress == address)
    #expect(pool.peakByteCount == Self.byteCount)
  }

  @Test func `the pool never holds more than was in use at once`() throws {
    let pool = TensorPool()
    for count in [1, 7, 3, 20, 2, 13, 1] {
      let tensors = (0..<3).map { pool.tensor([count * 100_000 + $0 * 20_000]) }
      #expect(pool.heldByteCount <= pool.peakByteCount)
      #expect(tensors.count == 3)
    }
    #expect(pool.heldByteCount <= pool.peakByteCount)
    #expect(pool.peakByteCount == (3 * 2_000_000 + 60_000) * 4)
  }

  @Test func `operations write over tensors that nobody else holds`() throws {
    let backend = try ReferenceBackend(threads: 2)
    let norm = NormParameters(
      weight: randomTensor([4], seed: 1), bias: randomTensor([4], seed: 2), epsilon: 1e-5)
    var x = try backend.scale(randomTensor(Self.shape, seed: 3), by: 2)
    x = try backend.groupNorm(backend.softmax(backend.activate(x, .silu)), norm, groups: 2, nil)
    #expect(x.shape == Self.shape)
    #expect(backend.pool.peakByteCount <= 2 * Self.byteCount)
  }

  @Test(arguments: [
    "softmax", "groupNorm", "layerNorm", "activate", "finish", "add", "scale", "add itself",
    "finish with itself",
  ])
  func `a tensor that somebody holds keeps its values`(operation: String) throws {
    let backend = try ReferenceBackend(threads: 2)
    let norm = NormParameters(
      weight: randomTensor([4], seed: 1), bias: randomTensor([4], seed: 2), epsilon: 1e-5)
    let x = randomTensor([2, 4, 3, 4], seed: 3)
    let before = x.floats
    let result =
      switch operation {
      case "softmax": try backend.softmax(x)
      case "groupNorm": try backend.groupNorm(x, norm, groups: 2, .silu)
      case "layerNorm": try backend.layerNorm(x, norm)
      case "activate": try backend.activate(x, .silu)
      case "finish": try backend.finish(x, Epilogue(channelBias: randomTensor([2, 4], seed: 4)))
      case "add": try backend.add(x, randomTensor([2, 4, 3, 4], seed: 5), factor: 1)
      case "scale": try backend.scale(x, by: 2)
      case "add itself": try backend.add(x, x, factor: 1)
      default: try backend.finish(x, Epilogue(residual: x))
      }
    #expect(result.floats != before)
    #expect(x.floats == before)
  }
}
