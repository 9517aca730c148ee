import CPlanes
package import WeftTensors

/// The kernels that take elements apart and put them together.
package struct Planes: Sendable {
  /// The name of the instructions, for tests.
  package let name: String
  private let instructions: weft_plane_instructions

  /// The kernels that define the result.
  package static let scalar = Planes(name: "scalar", instructions: WEFT_PLANES_SCALAR)
  /// The fastest that this machine has; they give the same bytes.
  package static let best =
    weft_planes_best() == WEFT_PLANES_AVX2
    ? Planes(name: "avx2", instructions: WEFT_PLANES_AVX2) : scalar

  /// Takes whole elements apart; the planes follow one another in a slice of the same size.
  package func split(_ elements: ByteSlice, as form: PlaneForm, into planes: ByteSlice) {
    precondition(elements.byteCount % form.width == 0 && planes.byteCount == elements.byteCount)
    withExtendedLifetime((elements, planes)) {
      guard let from = elements.memory.baseAddress, let to = planes.memory.baseAddress else {
        return
      }
      // In bounds: both hold width x count bytes.
      weft_planes_split(
        from, elements.byteCount / form.width, form.kernelForm, to, instructions)
    }
  }

  /// Puts elements together of one plane for each of their bytes.
  package func join(_ planes: [ByteSlice], as form: PlaneForm, into elements: ByteSlice) {
    let count = elements.byteCount / form.width
    precondition(
      planes.count == form.width && elements.byteCount % form.width == 0
        && planes.allSatisfy { $0.byteCount == count })
    withExtendedLifetime((planes, elements)) {
      let starts = planes.map { UnsafePointer($0.memory.bindMemory(to: UInt8.self).baseAddress) }
      guard let to = elements.memory.baseAddress else { return }
      // In bounds: every plane holds count bytes, and the elements as many for each plane.
      weft_planes_join(starts, count, form.kernelForm, to, instructions)
    }
  }
}

extension PlaneForm {
  fileprivate var kernelForm: weft_plane_form {
    weft_plane_form(width: Int32(width), rotates: rotates)
  }
}
