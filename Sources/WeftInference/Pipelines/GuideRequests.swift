package import WeftFiles
package import WeftKernels
package import WeftTransform

/// A ControlNet and what it looks at.
package struct ControlRequest: Sendable {
  /// The network.
  package var model: AdaptedModel
  /// What it looks at, such as edges or a depth map.
  package var picture: GuidePicture
  /// How strongly it guides.
  package var scale = 1.0
  /// The part of the steps in which it guides, from 0 to 1.
  package var range = 0.0...1.0

  /// Makes a request at full strength for all steps.
  package init(_ model: AdaptedModel, picture: GuidePicture) {
    (self.model, self.picture) = (model, picture)
  }
}

/// An IP-Adapter and the picture that is its prompt.
package struct ImagePromptRequest: Sendable {
  /// The adapter.
  package var adapter: AdaptedModel
  /// The model that has the vision encoder.
  package var vision: AdaptedModel
  /// The picture.
  package var picture: Picture
  /// How strongly it guides.
  package var scale = 1.0

  /// Makes a request at full strength.
  package init(_ adapter: AdaptedModel, vision: AdaptedModel, picture: Picture) {
    (self.adapter, self.vision, self.picture) = (adapter, vision, picture)
  }
}

/// A T2I-Adapter and what it looks at.
package struct FeatureRequest: Sendable {
  /// The adapter.
  package var model: AdaptedModel
  /// What it looks at.
  package var picture: GuidePicture
  /// How strongly it guides.
  package var scale = 1.0

  /// Makes a request at full strength.
  package init(_ model: AdaptedModel, picture: GuidePicture) {
    (self.model, self.picture) = (model, picture)
  }
}

/// What a network looks at beside the latents.
package enum GuidePicture: Sendable {
  /// A picture of any size.
  case picture(Picture)
  /// Pixels of the right size, `[1, 3, H, W]` from 0 to 1.
  case pixels(Tensor)

  /// The pixels, `[1, 3, H, W]` from 0 to 1.
  ///
  /// Source: https://github.com/huggingface/diffusers/blob/v0.42.1/src/diffusers/image_processor.py
  func pixels(_ size: PictureSize) -> Tensor {
    switch self {
    case .picture(let picture):
      picture.resized(width: size.width, height: size.height, .lanczos).tensor(.unit)
    case .pixels(let pixels): pixels
    }
  }
}
