import Testing
import WeftFiles
import WeftTensors

@Suite("Planes")
struct PlanesTests {
  private func buffer(_ bytes: [UInt8]) -> ByteBuffer {
    let buffer = ByteBuffer(byteCount: bytes.count)
    buffer.all.copy(from: bytes)
    return buffer
  }

  private func split(_ bytes: [UInt8], _ form: PlaneForm, _ kernels: Planes) -> [UInt8] {
    let target = ByteBuffer(byteCount: bytes.count)
    kernels.split(buffer(bytes).all, as: form, into: target.all)
    return target.all.array
  }

  private func join(_ bytes: [UInt8], _ form: PlaneForm, _ kernels: Planes) -> [UInt8] {
    let (source, target) = (buffer(bytes), ByteBuffer(byteCount: bytes.count))
    let count = bytes.count / form.width
    let planes = (0..<form.width).map { source[$0 * count..<($0 + 1) * count] }
    kernels.join(planes, as: form, into: target.all)
    return target.all.array
  }

  @Test(
    "bytes are grouped by their place in the element, after its sign has gone to the lowest bit")
  func definition() throws {
    let forms = Dictionary(
      uniqueKeysWithValues: PlaneForm.all.map { ([$0.width, $0.rotates ? 1 : 0], $0) })
    let half = try #require(forms[[2, 1]])
    // 0xC001 and 0x3C80 become 0x8003 and 0x7900.
    #expect(split([0x01, 0xC0, 0x80, 0x3C], half, .scalar) == [0x03, 0x00, 0x80, 0x79])
    let single = try #require(forms[[4, 1]])
    // 0xBF800001 becomes 0x7F000003: its highest byte is the exponent.
    #expect(split([0x01, 0x00, 0x80, 0xBF], single, .scalar) == [0x03, 0x00, 0x00, 0x7F])
    let integers = try #require(forms[[4, 0]])
    #expect(
      split([1, 2, 3, 4, 5, 6, 7, 8], integers, .scalar) == [1, 5, 2, 6, 3, 7, 4, 8])
    let double = try #require(forms[[8, 1]])
    #expect(split([0, 0, 0, 0, 0, 0, 0, 0x80], double, .scalar) == [1, 0, 0, 0, 0, 0, 0, 0])
  }

  @Test(
    "every form is undone exactly, and the fast kernels give the same bytes",
    arguments: PlaneForm.all)
  func roundTrip(form: PlaneForm) {
    for count in Array(0..<70) + [1000, 4099] {
      let bytes = noise(count * form.width, seed: UInt64(count))
      let planes = split(bytes, form, .scalar)
      #expect(split(bytes, form, .best) == planes)
      #expect(join(planes, form, .scalar) == bytes)
      #expect(join(planes, form, .best) == bytes)
    }
  }

  @Test(
    "all halves, NaN of every payload among them, come back", arguments: [Planes.scalar, .best])
  func allHalves(kernels: Planes) {
    let halves = (0...UInt64(UInt16.max)).flatMap { littleEndian($0).prefix(2) }
    for form in PlaneForm.all where form.width == 2 {
      #expect(join(split(halves, form, kernels), form, kernels) == halves)
    }
  }

  @Test("floats have their sign moved, other elements have not", arguments: DType.allCases)
  func forms(dtype: DType) {
    let form = PlaneForm(dtype)
    #expect(PlaneForm.all.contains(form))
    let isWideFloat = [.f16, .bf16, .f32, .f64, .c64].contains(dtype)
    #expect(form.rotates == isWideFloat)
    if dtype == .c64 {
      #expect(form.width == 4)
    } else if let width = dtype.byteWidth, !dtype.isBlocks {
      #expect(form.width == width)
    } else {
      #expect(form == .bytes)
    }
  }
}
