import Testing
import WeftTransform

@Suite("AdapterRequest")
struct AdapterRequestTests {
  @Test(
    "a path and its scales are told apart at the last colon",
    arguments: [
      ("a.safetensors", "a.safetensors", 1, 1, 1), ("a:0.8", "a", 0.8, 0.8, 1),
      ("a:-1", "a", -1, -1, 1), ("C:/x/a:1e-1", "C:/x/a", 0.1, 0.1, 1),
      ("a:unet=0.5,te=0.25", "a", 0.5, 0.25, 1), ("a:norm=0.5", "a", 1, 1, 0.5),
      ("a:te=2,norm=0,unet=-3", "a", -3, 2, 0), ("a:b", "a:b", 1, 1, 1),
      ("a:", "a:", 1, 1, 1), ("a:0.5:2", "a:0.5", 2, 2, 1), ("a:x=y", "a:x=y", 1, 1, 1),
    ] as [(String, String, Double, Double, Double)])
  func parse(argument: String, path: String, unet: Double, te: Double, norm: Double) throws {
    let request = try AdapterRequest(argument: argument)
    #expect(request.path == path)
    #expect(request.scale(component: "unet") == unet)
    #expect(request.scale(component: "text_encoder_2") == te)
    #expect(request.normWeight == norm)
  }

  @Test(
    "scales that mean nothing are refused",
    arguments: [
      "a:inf", "a:nan", "a:cfg=1", "a:unet=inf", ":1", "a:unet=x", "a:1,unet=x", "a:unet=1,unet=2",
      "a:1,cfg=2", "a:lbw=", "a:lbw-rest=1", "a:lbw=INS,lbw-rest=x", "a:lbw=INS,lbw-resadapter=2",
      "a:lbw-resadapter=1",
    ])
  func refuse(argument: String) {
    #expect(throws: RecipeError.self) { try AdapterRequest(argument: argument) }
  }

  @Test(
    "block weights are a preset or numbers, wherever they stand",
    arguments: [
      ("a:lbw=INS", 1, "INS", nil, false), ("a:0.8,lbw=INS", 0.8, "INS", nil, false),
      ("a:lbw=1,0,0.5,unet=0.5", 0.5, "1,0,0.5", nil, false),
      ("a:0.5,lbw=1,2,lbw-rest=0.25", 0.5, "1,2", 0.25, false),
      ("a:lbw-resadapter=1,lbw=ALL0.5", 1, "ALL0.5", nil, true),
    ] as [(String, Double, String, Double?, Bool)])
  func blockWeights(
    argument: String, unet: Double, weights: String, rest: Double?, isWeighed: Bool
  ) throws {
    let request = try AdapterRequest(argument: argument)
    #expect(request.path == "a" && request.unetScale == unet)
    #expect(request.blockWeights == weights && request.blockRest == rest)
    #expect(request.weighsResAdapter == isWeighed)
  }

  @Test(
    "text that only looks like parts belongs to the path", arguments: ["a:b,1", "a:x=y,z", "a:0,b"])
  func paths(argument: String) throws {
    #expect(try AdapterRequest(argument: argument).path == argument)
  }
}
