import Testing
import WeftKernels
import WeftTensors

struct SameBitsTests {
  private func bits(_ x: Tensor) -> [UInt32] { x.floats.map(\.bitPattern) }

  @Test(arguments: Operation.all, InstructionSet.available.filter { $0 != .scalar })
  func `every instruction set computes the same bits`(
    operation: Operation, set: InstructionSet
  ) throws {
    let expected = try operation.run(ReferenceBackend(threads: 1, .scalar))
    let result = try operation.run(ReferenceBackend(threads: 1, set))
    #expect(bits(result) == bits(expected))
  }

  @Test(arguments: Operation.all, [2, 7])
  func `any number of threads computes the same bits`(operation: Operation, threads: Int) throws {
    let expected = try operation.run(ReferenceBackend(threads: 1))
    let backend = try ReferenceBackend(threads: threads)
    #expect(try bits(operation.run(backend)) == bits(expected))
    #expect(try bits(operation.run(backend)) == bits(expected), "in used memory")
  }

  /// Every set of things that may follow a layer whose result is `shape`.
  private static func epilogues(_ shape: Shape, channels: Shape?) -> [Epilogue] {
    [nil, Activation.silu, .gelu, .relu].flatMap { activation in
      [nil, randomTensor(shape, seed: 5)].flatMap { residual in
        [nil, channels.map { randomTensor($0, seed: 6) }].map { bias in
          Epilogue(channelBias: bias, activation: activation, residual: residual)
        }
      }
    }
  }

  @Test func `what follows a convolution may as well be an operation of its own`() throws {
    let backend = try ReferenceBackend(threads: 2)
    let x = randomTensor([2, 5, 19, 23], seed: 1)
    let weight = backend.prepare(
      weight: randomTensor([7, 5, 3, 3], seed: 2), bias: randomTensor([7], seed: 3))
    let geometry = ConvolutionGeometry(stride: 2, padding: .init(all: 1))
    let plain = try backend.convolve(x, weight, geometry, .none)
    for epilogue in Self.epilogues(plain.shape, channels: [2, 7]) {
      let fused = try backend.convolve(x, weight, geometry, epilogue)
      #expect(try bits(fused) == bits(backend.finish(plain, epilogue)))
    }
  }

  @Test func `what follows a layer may as well be an operation of its own`() throws {
    let backend = try ReferenceBackend(threads: 2)
    let x = randomTensor([2, 37, 21], seed: 1)
    let weight = backend.prepare(
      weight: randomTensor([53, 21], seed: 2), bias: randomTensor([53], seed: 3))
    let plain = try backend.linear(x, weight, .none)
    for epilogue in Self.epilogues(plain.shape, channels: nil) {
      let fused = try backend.linear(x, weight, epilogue)
      #expect(try bits(fused) == bits(backend.finish(plain, epilogue)))
    }
  }
}
