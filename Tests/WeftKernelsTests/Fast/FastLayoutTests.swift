import Testing
import WeftKernels
import WeftTensors

/// The fast backend moves elements as the reference does, whatever their order in memory.
struct FastLayoutTests {
  private let reference: ReferenceBackend

  init() throws { reference = try ReferenceBackend(threads: 2) }

  /// Whole numbers that every form holds, each of which tells its place among its neighbours.
  private func picture(_ shape: Shape) -> Tensor {
    Tensor(shape, (0..<(shape.checkedElementCount ?? 0)).map { Float($0 % 251) })
  }

  private func expect(
    _ form: FastForm, _ location: SourceLocation = #_sourceLocation,
    _ body: (any Backend) throws -> Tensor
  ) throws {
    let backend = try form.backend()
    let (result, expected) = (try backend.plain(body(backend)), try body(reference))
    #expect(result.shape == expected.shape, sourceLocation: location)
    #expect(result.floats == expected.floats, sourceLocation: location)
  }

  @Test(arguments: FastOperation.sizes, FastForm.available)
  func `a picture comes back as it was`(size: Shape, form: FastForm) throws {
    try expect(form) { try $0.slice(picture(size), 0..<size.dimensions[1]) }
    try expect(form) { backend in
      let tokens = try backend.tokens(picture(size))
      return try backend.picture(tokens, height: size.dimensions[2], width: size.dimensions[3])
    }
  }

  @Test(arguments: FastForm.available)
  func `channels stand side by side, and slices take them out again`(form: FastForm) throws {
    let (x, y) = (picture([2, 37, 9, 11]), picture([2, 3, 9, 11]))
    try expect(form) { try $0.concatenate([x, y, x]) }
    try expect(form) { try $0.slice(x, 5..<29) }
    try expect(form) { try $0.slice(x, 4..<4) }
  }

  @Test(arguments: FastForm.available)
  func `tokens stand one after the other, and slices take them out again`(form: FastForm) throws {
    let (x, y) = (picture([2, 7, 37]), picture([2, 3, 37]))
    try expect(form) { try $0.concatenate([x, y]) }
    try expect(form) { try $0.slice(x, 2..<6) }
    try expect(form) { try $0.slice(picture([3, 40]), 8..<24) }
  }

  @Test(arguments: FastForm.available)
  func `pixels become tokens row after row`(form: FastForm) throws {
    try expect(form) { try $0.tokens(picture([2, 5, 4, 6])) }
  }

  @Test(arguments: [1, 2, 4], FastForm.available)
  func `squares of pixels become channels, the row of the square first`(
    factor: Int, form: FastForm
  ) throws {
    try expect(form) { try $0.unshuffle(picture([2, 3, 8, 12]), factor: factor) }
  }

  @Test(arguments: [(16, 20), (8, 10), (11, 7), (1, 1), (3, 31)], FastForm.available)
  func `the nearest pixel is the reference's`(size: (height: Int, width: Int), form: FastForm)
    throws
  {
    try expect(form) {
      try $0.resize(picture([2, 5, 8, 10]), height: size.height, width: size.width, .nearest)
    }
  }

  @Test(arguments: [(4, 6), (5, 7), (1, 1), (1, 4)], FastForm.available)
  func `a mean at the border is that of the pixels there are`(
    size: (height: Int, width: Int), form: FastForm
  ) throws {
    let x = Tensor(
      [2, 37, size.height, size.width],
      (0..<74 * size.height * size.width).map { Float($0 * 7 % 29) * 4 })
    try expect(form) { try $0.averagePool(x) }
  }
}
