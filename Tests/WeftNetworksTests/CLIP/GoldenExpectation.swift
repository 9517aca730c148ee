import Testing
import WeftKernels
import WeftTestSupport

/// Compares with a golden.
func expect(
  _ found: Tensor, equals name: String, of golden: Golden, within tolerance: Double = clipTolerance
) throws {
  let expected = try golden.tensor(name)
  #expect(found.shape == expected.shape, "\(name)")
  let error = relativeL2(found.floats, expected.floats)
  #expect(error <= tolerance, "\(name): \(error)")
}

/// Encoders are a few layers deep: the goldens' own error against float64 is 4e-7.
let clipTolerance = 2e-6
