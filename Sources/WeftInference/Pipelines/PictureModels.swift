import WeftFiles
package import WeftTransform

/// The models that a picture is made with: one, and others that take the place of parts of it.
package struct PictureModels: Sendable {
  /// The model, with its adapters.
  package var model: AdaptedModel
  /// The model whose autoencoder is used; nil for the model's own.
  package var autoencoder: AdaptedModel?
  /// The model whose text encoders are used; nil for the model's own.
  package var encoders: AdaptedModel?
  /// The tiny autoencoder for previews, or for everything; nil for none.
  package var tinyAutoencoder: AdaptedModel?

  /// Whether the tiny autoencoder takes the place of the other.
  package var decodesQuickly = false

  /// The model's path, by which two are told apart.
  var path: String { model.base.checkpoint.path }

  /// Takes a model with all its parts.
  package init(_ model: AdaptedModel) { self.model = model }
}
