import Testing
import WeftPipelines
import WeftTensors

@Suite("What workers say")
struct WorkerMessageTests {
  static let lines: [(message: WorkerMessage, line: String)] = [
    (.progress(1 << 40), #"{"progress":1099511627776}"#), (.held, #"{"held":true}"#),
    (.trouble(.inputOutput, "no \"disk\"\n"), #"{"trouble":74,"message":"no \"disk\"\n"}"#),
    (
      .done(
        TaskOutcome(status: .badData, message: "bad", madeCount: 1, keptCount: 2, seconds: 0.5)),
      #"{"status":65,"message":"bad","made":1,"kept":2,"seconds":0.5}"#
    ),
    (
      .done(TaskOutcome(status: .success, message: nil, madeCount: 0, keptCount: 9, seconds: 2.5)),
      #"{"status":0,"made":0,"kept":9,"seconds":2.5}"#
    ),
  ]

  @Test("is a line that reads back as the same", arguments: lines)
  func roundTrip(message: WorkerMessage, line: String) {
    #expect(message.line == line)
    #expect(WorkerMessage(line: Array(line.utf8))?.line == line)
  }

  @Test(
    "is nothing else", arguments: ["", "{}", "[]", "text", #"{"held":false}"#, #"{"status":3}"#])
  func other(line: String) {
    #expect(WorkerMessage(line: Array(line.utf8)) == nil)
  }

  static let codes: [(failures: [WeftTensors.ExitStatus], code: WeftTensors.ExitStatus)] = [
    ([], .success), ([.success], .success), ([.badData, .success], .badData),
    ([.badData, .badData], .badData), ([.badData, .refused], .answerIsNo),
    ([.inputOutput], .temporary), ([.terminated], .temporary), ([.interrupted], .temporary),
    ([.badData, .temporary, .refused], .temporary), ([.cannotCreate], .cannotCreate),
    ([.bug], .bug), ([.usage], .usage),
  ]

  @Test("ends a worker with a code that says whether a retry helps", arguments: codes)
  func exitCode(failures: [WeftTensors.ExitStatus], code: WeftTensors.ExitStatus) {
    #expect(WeftTensors.ExitStatus.ofWorker(failures) == code)
  }
}
