import Testing
import WeftKernels
import WeftTensors

/// Vectors sum in another order and round products and sums once.
private let tolerance = 5e-7
/// A result that float32's rounding moves over the middle of two numbers of bfloat16 is rounded to the other one, 2^-8 away:
/// that happens to about one of sixteen where a function is exact to an eighth of a place.
private let shortTolerance = 0x1p-10

struct FastSetsTests {
  @Test(arguments: FastOperation.all, FastForm.available.filter { $0.set != .scalar })
  func `every instruction set computes what the scalar one does`(
    operation: FastOperation, form: FastForm
  ) throws {
    let scalar = try FastForm(set: .scalar, element: form.element).backend()
    let backend = try form.backend()
    for x in FastOperation.pictures {
      let expected = try scalar.plain(operation.run(scalar, x))
      let result = try backend.plain(operation.run(backend, x))
      #expect(
        relativeL2(result, expected) <= (form.element == .float32 ? tolerance : shortTolerance),
        "\(x.shape)")
    }
  }

  @Test(arguments: Operation.elements, [Tensor.Element.float32, .bfloat16])
  func `any number of threads computes the same bits`(
    operation: Operation, element: Tensor.Element
  ) throws {
    let form = FastForm(set: .best, element: element)
    let expected = try operation.run(form.backend(threads: 1))
    let backend = try form.backend(threads: 3)
    #expect(try operation.run(backend).values.array == expected.values.array)
    #expect(try operation.run(backend).values.array == expected.values.array, "in used memory")
  }
}
