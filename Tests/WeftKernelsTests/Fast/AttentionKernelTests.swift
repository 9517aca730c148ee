import Testing
import WeftKernels
import WeftTensors

/// The kernels of attention of every instruction set, with both kinds of elements.
struct AttentionKernelTests {
  /// Sums of at most 512 products of float32, and as many weights.
  private static let roundingOfFloat32 = 1e-6
  /// Half a unit of bfloat16 for the weights and half a unit for the results.
  private static let roundingOfBFloat16 = 3e-3

  /// Queries, keys and channels of a head that fill no tile, strip, vector or block, and those that do.
  private static let sizes: [(queries: Int, keys: Int, channels: Int, heads: Int, isCausal: Bool)] =
    [
      (1, 1, 1, 1, false), (5, 7, 3, 2, false), (16, 120, 8, 1, false), (53, 77, 40, 3, false),
      (100, 121, 64, 1, false), (33, 240, 80, 2, false), (97, 130, 160, 1, false),
      (385, 20, 16, 1, false), (50, 131, 512, 1, false), (396, 396, 33, 1, false),
      (77, 77, 64, 2, true), (260, 260, 20, 1, true), (20, 50, 17, 2, true), (50, 20, 16, 1, true),
    ]

  private static var kernels: [(FastInstructionSet, Tensor.Element)] {
    FastInstructionSet.available.flatMap { [($0, .float32), ($0, .bfloat16)] }
  }

  @Test(arguments: kernels, sizes)
  func `attention is the softmax of its formula`(
    kernel: (set: FastInstructionSet, element: Tensor.Element),
    size: (queries: Int, keys: Int, channels: Int, heads: Int, isCausal: Bool)
  ) {
    let channels = size.channels * size.heads
    let call = AttentionCall(
      set: kernel.set, element: kernel.element,
      options: AttentionOptions(heads: size.heads, isCausal: size.isCausal))
    let query = call.held(randomTensor([2, size.queries, channels], seed: 1))
    let key = call.held(randomTensor([2, size.keys, channels], seed: 2))
    let value = call.held(randomTensor([2, size.keys, channels], seed: 3))
    let expected = DoubleOracle.attention(query, key, value, call.options)
    let result = call.run(query, key, value)
    #expect(
      relativeL2(result.doubles, expected)
        < (kernel.element == .float32 ? Self.roundingOfFloat32 : Self.roundingOfBFloat16))
  }

  @Test(arguments: kernels)
  func `scores of ten thousands give the values of the highest`(
    kernel: (set: FastInstructionSet, element: Tensor.Element)
  ) {
    let call = AttentionCall(
      set: kernel.set, element: kernel.element, options: AttentionOptions(heads: 1, scale: 1))
    // Key number i has the score 10000 - 80 i, with the sign of the query.
    let query = Tensor([1, 2, 1], [100, -100])
    let key = call.held(Tensor([1, 256, 1], (0..<256).map { 100 - Float($0) * 0.8 }))
    let value = Tensor([1, 256, 1], (0..<256).map { Float($0 / 2) })
    let result = call.run(query, key, value).floats
    #expect(result[0] == 0 && abs(result[1] - 127) < 1e-4)  // a weight and its inverse are rounded
  }

  @Test(arguments: kernels)
  func `a score of minus ten thousands has no weight, and equal scores have equal ones`(
    kernel: (set: FastInstructionSet, element: Tensor.Element)
  ) {
    let call = AttentionCall(
      set: kernel.set, element: kernel.element, options: AttentionOptions(heads: 1, scale: 1))
    let query = Tensor([1, 1, 1], [100])
    let key = Tensor([1, 200, 1], (0..<200).map { $0 % 50 == 7 ? 100 : -100 })
    let value = Tensor([1, 200, 1], (0..<200).map { $0 % 50 == 7 ? Float($0 / 50) : 1e9 })
    #expect(call.run(query, key, value).floats == [1.5])
  }

  @Test(arguments: kernels)
  func `the bits do not depend on the order of the items, nor on how many queries there are`(
    kernel: (set: FastInstructionSet, element: Tensor.Element)
  ) {
    let call = AttentionCall(
      set: kernel.set, element: kernel.element, options: AttentionOptions(heads: 2))
    let query = randomTensor([1, 800, 36], seed: 1, 2)
    let (key, value) = (
      randomTensor([1, 300, 36], seed: 2, 2), randomTensor([1, 300, 36], seed: 3)
    )
    let result = call.result(query, key, value) { $0 }
    #expect(call.result(query, key, value) { $0.reversed() } == result)
    let few = Tensor([1, 37, 36], Array(query.floats.prefix(37 * 36)))
    #expect(call.result(few, key, value) { $0 } == Array(result.prefix(37 * 36)))
  }

  @Test(arguments: kernels, [Float.nan, .infinity])
  func `what is not finite is not hidden`(
    kernel: (set: FastInstructionSet, element: Tensor.Element), flaw: Float
  ) {
    let call = AttentionCall(
      set: kernel.set, element: kernel.element, options: AttentionOptions(heads: 1))
    let sound = randomTensor([1, 130, 20], seed: 1)
    let flawed = Tensor(
      sound.shape, sound.floats.enumerated().map { $0 == 125 * 20 + 3 ? flaw : $1 })
    let ofQuery = call.run(flawed, sound, sound).floats
    #expect(ofQuery[125 * 20..<126 * 20].allSatisfy { $0.isNaN })
    #expect(ofQuery[..<(125 * 20)].allSatisfy { $0.isFinite })
    let ofKey = call.run(sound, flawed, sound).floats
    #expect(!flaw.isNaN || ofKey.allSatisfy { $0.isNaN })  // an infinite key can have no weight
    let ofValue = call.run(sound, sound, flawed).floats
    #expect(ofValue.indices.allSatisfy { ofValue[$0].isFinite == ($0 % 20 != 3) })
  }
}
