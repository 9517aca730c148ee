import Testing
import WeftPipelines

@Suite struct QuotingTests {
  @Test(
    arguments: [
      ("/data/a_b-1.0+x:2@y,50%.jsonl", "/data/a_b-1.0+x:2@y,50%.jsonl"),
      ("", "''"),
      ("two words", "'two words'"),
      ("it's", #"'it'\''s'"#),
      ("$HOME `id` $(id) \"\\!", "'$HOME `id` $(id) \"\\!'"),
      ("~/x", "'~/x'"),
      ("a\nb'c\\d", #"$'a\012b\'c\\d'"#),
      ("a\u{2028}b\u{85}", #"$'a\342\200\250b\302\205'"#),
      ("Größe", "'Größe'"),
    ])
  func `bash words are as they were reviewed`(text: String, word: String) {
    #expect(Quoting.bash.quoted(text) == word)
  }

  @Test(
    arguments: [
      ("plain", "\"plain\""),
      ("", "\"\""),
      ("no: #\"x\" \\ {y} %z", #""no: #\"x\" \\ {y} %z""#),
      ("a\n\tb\u{7F}", #""a\u000a\u0009b\u007f""#),
      ("a\u{2028}\u{FEFF}", #""a\u2028\ufeff""#),
      ("Größe 🙂 $x", "\"Größe 🙂 $x\""),
    ])
  func `YAML and Python have the same literals`(text: String, literal: String) {
    #expect(Quoting.yaml.quoted(text) == literal)
    #expect(Quoting.python.quoted(text) == literal)
  }

  @Test(
    arguments: [
      ("$(HOME)", "\"$$(HOME)\""), ("$$", "\"$$$$\""), ("100$", "\"100$$\""),
      ("a \"b\"", #""a \"b\"""#),
    ])
  func `a container's arguments expand no variables`(text: String, literal: String) {
    #expect(Quoting.kubernetes.quoted(text) == literal)
  }

  /// Texts that mean something to at least one of the languages.
  static let awkward = [
    "", " ", "'", "\"", "\\", "$", "$$", "`id`", "$(id)", "${x}", "!x", "*", "?", "[a]", "~", "#",
    "a b", "a\nb",
    "a\r\nb", "\n", "\t", "{}", "{x}", "%d", "%%", "-n", "&", ";", "|", "<", ">", "(",
    "\u{1}\u{7F}\u{85}",
    "\u{2028}\u{2029}\u{FEFF}x", "Größe 🙂", "a'b\nc\\d\"e", "\\n", "\\012",
  ]

  @Test func `bash reads back every text`() throws {
    let words = Self.awkward.map(Quoting.bash.quoted)
    #expect(words.allSatisfy { !$0.contains("\n") })
    let read = try output(
      of: ["bash"], reading: "printf '%s\\0' " + words.joined(separator: " ") + "\n")
    #expect(read == Self.awkward.flatMap { Array($0.utf8) + [0] })
  }

  @Test func `Python reads back every text`() throws {
    let literals = Self.awkward.map(Quoting.python.quoted)
    let program = """
      import sys
      for text in [\(literals.joined(separator: ", "))]:
          sys.stdout.buffer.write(text.encode() + b"\\0")

      """
    let read = try output(of: ["python3", "-"], reading: program)
    #expect(read == Self.awkward.flatMap { Array($0.utf8) + [0] })
  }
}
