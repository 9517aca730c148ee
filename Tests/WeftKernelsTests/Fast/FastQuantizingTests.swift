import Testing
import WeftKernels
import WeftTensors

struct FastQuantizingTests {
  private func bytes(_ backend: FastBackend, _ x: [Float], by factor: Float) throws -> [Int8] {
    let stored = try backend.scale(Tensor([x.count], x), by: 1)
    return values(try backend.quantized(stored, by: factor).values, as: Int8.self)
  }

  @Test(arguments: FastForm.available)
  func `numbers are rounded to the even neighbour and kept within a byte`(form: FastForm) throws {
    let x: [Float] = [
      0.5, 1.5, -0.5, -1.5, 2.25, 126.5, 127.5, 1e9, -127.5, -128, -1e9, .nan, .infinity,
      -.infinity, 0, 3, -7,
    ]
    let expected: [Int8] = [
      0, 2, 0, -2, 2, 126, 127, 127, -128, -128, -128, 0, 127, -128, 0, 3, -7,
    ]
    let backend = try form.backend()
    #expect(try bytes(backend, x, by: 1) == expected)
    #expect(try bytes(backend, x.map { $0 / 8 }, by: 8) == expected)
  }

  @Test(arguments: [1, 17, 70_001], FastForm.available)
  func `the largest magnitude is found wherever it is`(count: Int, form: FastForm) throws {
    let backend = try form.backend()
    for place in [0, count / 2, count - 1] {
      var x = [Float](repeating: 0.25, count: count)
      x[place] = -3
      if count > 1 { x[(place + 1) % count] = .nan }
      let stored = try backend.scale(Tensor([count], x), by: 1)
      #expect(try backend.largestMagnitude(of: stored) == 3)
    }
  }
}
