import Testing
import WeftFormats
import WeftTensors

@Suite("T2I-Adapters")
struct T2IAdapterTests {
  /// The full adapter as TencentARC's files have it: all resnets in one sequence.
  private func original(inputs: Int, prefix: String = "") -> [TensorInfo] {
    let channels = [320, 320, 640, 640, 1280, 1280, 1280, 1280]
    var tensors = [
      tensor("conv_in.weight", [320, inputs, 3, 3]), tensor("conv_in.bias", [320]),
    ]
    for (index, count) in channels.enumerated() {
      let before = channels[max(0, index - 1)]
      if before != count {
        tensors.append(tensor("body.\(index).in_conv.weight", [count, before, 1, 1]))
        tensors.append(tensor("body.\(index).in_conv.bias", [count]))
      }
      tensors.append(tensor("body.\(index).block1.weight", [count, count, 3, 3]))
      tensors.append(tensor("body.\(index).block1.bias", [count]))
      tensors.append(tensor("body.\(index).block2.weight", [count, count, 1, 1]))
      tensors.append(tensor("body.\(index).block2.bias", [count]))
    }
    return tensors.map { tensor(prefix + $0.name, $0.shape) }
  }

  @Test(
    arguments: [(192, "sd15"), (64, "sd15"), (768, "sdxl"), (256, "sdxl")], ["", "adapter."])
  func `original files are known, and the base by the squares of pixels that they take`(
    _ form: (inputs: Int, base: String), _ prefix: String
  ) throws {
    let tensors = original(inputs: form.inputs, prefix: prefix)
    let recognition = try library.get().recognize(tensors)
    #expect(recognition.kind == .t2iAdapter && recognition.layout == "ldm")
    #expect(recognition.architecture?.id == form.base)
    #expect(recognition.missing == [] && recognition.mismatches == [])
    var names: [String: String] = [:]
    for (tensor, binding) in zip(tensors, recognition.bindings) {
      guard case .model(let slices) = binding else { continue }
      names[tensor.name] = slices.first?.name.path
    }
    #expect(names.count == tensors.count)
    #expect(names["\(prefix)body.4.in_conv.bias"] == "adapter.body.2.in_conv.bias")
    #expect(names["\(prefix)body.7.block2.weight"] == "adapter.body.3.resnets.1.block2.weight")
  }

  @Test(arguments: ["sd15", "sdxl"], ["ldm", "diffusers"])
  func `both layouts are known at any size`(_ base: String, _ layout: String) throws {
    for channels in [[320, 640, 1280, 1280], [32, 64, 96, 96]] {
      let tensors = try model(
        base, layout: layout, overrides: ["t2i_adapter": ["channels": .list(channels)]],
        only: "t2i_adapter")
      let recognition = try library.get().recognize(tensors)
      #expect(recognition.kind == .t2iAdapter && recognition.layout == layout)
      #expect(recognition.architecture?.id == base)
      #expect(recognition.missing == [] && recognition.mismatches == [])
      #expect(recognition.dimensions["t2i_adapter"]?["channels"] == .list(channels))
    }
  }

  @Test func `it is no part of a complete model`() throws {
    let architecture = try #require(try library.get().architecture("sd15"))
    #expect(try #require(architecture.component("t2i_adapter")).isBeside)
    #expect(try !architecture.expanded().contains { $0.name.component == "t2i_adapter" })
  }

  @Test func `the light kind is named`() throws {
    let recognition = try library.get().recognize([
      tensor("body.0.in_conv.weight", [80, 192, 1, 1]),
      tensor("body.0.body.0.block1.weight", [80, 80, 3, 3]),
      tensor("body.0.out_conv.weight", [320, 80, 1, 1]),
    ])
    #expect(recognition.kind == .t2iAdapter && recognition.architecture == nil)
    #expect(try #require(recognition.title).contains("light"))
  }
}
