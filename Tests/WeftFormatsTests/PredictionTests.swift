import Testing
import WeftFormats

@Suite("Prediction")
struct PredictionTests {
  @Test(
    "what a model predicts follows from its markers and metadata, and else from its kind",
    arguments: [
      ("sd15", [], [:], Prediction.epsilon, "nothing in the file tells"),
      ("sd15", [], ["modelspec.prediction_type": "v"], .velocity, "modelspec.prediction_type = v"),
      ("sd2", [], [:], .velocity, "a 2.x base model of 512 pixels needs epsilon"),
      ("sd2", [], ["modelspec.architecture": "stable-diffusion-v2-512"], .epsilon, "v2-512"),
      (
        "sd2", [], ["modelspec.architecture": "stable-diffusion-v2-768-v"], .velocity,
        "modelspec.architecture = stable-diffusion-v2-768-v"
      ),
      ("sd2", [], ["global_step": "875000"], .epsilon, "global_step = 875000"),
      ("sdxl", [], [:], .epsilon, "nothing in the file tells"),
      ("sdxl", ["v_pred"], [:], .velocity, "the tensor 'v_pred'"),
      (
        "sdxl", ["v_pred", "ztsnr"], [:], Prediction(.velocity, hasZeroTerminalSNR: true),
        "the tensor 'v_pred'; the tensor 'ztsnr'"
      ),
      (
        "sdxl", ["edm_vpred.sigma_max", "edm_vpred.sigma_min"], [:],
        Prediction(.velocity, isEDM: true), "edm_vpred.sigma_max"
      ),
      (
        "sdxl", ["edm_mean", "edm_std"], [:], Prediction(.epsilon, isEDM: true),
        "the tensor 'edm_mean'"
      ),
      ("sdxl-refiner", [], [:], .epsilon, "nothing in the file tells"),
    ] as [(String, [String], [String: String], Prediction, String)])
  func prediction(
    id: String, tensors: [String], metadata: [String: String], wanted: Prediction, words: String
  ) throws {
    let architecture = try #require(try library.get().architecture(id))
    let (prediction, evidence) = try library.get().prediction(
      of: architecture, tensors: ["conv_in.weight"] + tensors, metadata: metadata)
    #expect(prediction == wanted)
    #expect(evidence.contains(words), "\(evidence)")
  }
}
