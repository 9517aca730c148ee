import WeftFiles
import WeftFormats
import WeftInference
import WeftTransform

extension GuideOptions {
  /// Adds the guides to a request.
  func add(to request: inout PictureRequest, _ library: FormatLibrary) throws {
    request.controls = try controlnet.indices.map { index in
      var control = ControlRequest(
        try opened(controlnet[index], library), picture: try picture(controlImage[index]))
      control.scale = index < controlScale.count ? controlScale[index] : 1
      control.range = index < controlRange.count ? controlRange[index].range : 0...1
      return control
    }
    let vision = try clipVision.map { try opened($0, library) }
    request.imagePrompts = try ipAdapter.indices.compactMap { index in
      guard let vision else { return nil }
      var prompt = ImagePromptRequest(
        try opened(ipAdapter[index], library), vision: vision,
        picture: try PictureFile.read(ipImage[index]).picture)
      prompt.scale = index < ipScale.count ? ipScale[index] : 1
      return prompt
    }
    request.features = try t2iAdapter.indices.map { index in
      var features = FeatureRequest(
        try opened(t2iAdapter[index], library), picture: try picture(t2iImage[index]))
      features.scale = index < t2iScale.count ? t2iScale[index] : 1
      return features
    }
  }

  private func opened(_ path: String, _ library: FormatLibrary) throws -> AdaptedModel {
    AdaptedModel(try BaseModel.openAnything(path, library: library))
  }

  private func picture(_ path: String) throws -> GuidePicture {
    .picture(try PictureFile.read(path).picture)
  }
}
