import Testing
import WeftKernels
import WeftTensors

/// Attention of the fast backend.
struct FastAttentionTests {
  private let golden: OpsGolden

  init() throws { golden = try OpsGolden() }

  @Test(arguments: FastInstructionSet.available, [("att.full", false), ("att.causal", true)])
  func `attention is torch's`(
    set: FastInstructionSet, output: (name: String, isCausal: Bool)
  ) throws {
    let backend = try FastBackend(threads: 2, precision: .f32, set)
    let result = try backend.attention(
      golden["att.q"].headsBesideEachOther, golden["att.k"].headsBesideEachOther,
      golden["att.v"].headsBesideEachOther, AttentionOptions(heads: 4, isCausal: output.isCausal))
    #expect(try relativeL2(backend.plain(result), golden[output.name].headsBesideEachOther) < 2e-6)
  }

  @Test(arguments: FastBackend.Precision.allCases)
  func `the bits are the same on one thread and on three`(
    precision: FastBackend.Precision
  ) throws {
    let query = randomTensor([2, 500, 80], seed: 1)
    let context = randomTensor([2, 77, 80], seed: 2)
    let results = try [1, 3].map { threads in
      let backend = try FastBackend(threads: threads, precision: precision)
      return try backend.plain(
        backend.attention(query, context, context, AttentionOptions(heads: 2))
      ).floats
    }
    #expect(results[0] == results[1])
  }

  @Test(arguments: FastBackend.Precision.allCases)
  func `attention is that of the reference`(precision: FastBackend.Precision) throws {
    let backend = try FastBackend(threads: 2, precision: precision)
    let query = randomTensor([1, 130, 80], seed: 1)
    let context = randomTensor([1, 77, 80], seed: 2)
    let options = AttentionOptions(heads: 2, scale: 0.3)
    let expected = try ReferenceBackend(threads: 2).attention(query, context, context, options)
    let result = try backend.plain(backend.attention(query, context, context, options))
    // Inputs, weights and results of bfloat16 are rounded to eight bits.
    #expect(relativeL2(result, expected) < (precision == .f32 ? 1e-6 : 8e-3))
  }
}
