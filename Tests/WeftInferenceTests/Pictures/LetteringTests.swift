import Testing
import WeftFiles
import WeftFormats
import WeftInference

@Suite("Letters and labels") struct LetteringTests {
  let lettering: Lettering

  init() throws {
    lettering = Lettering(try Typeface(FormatLibrary.embedded().typeface("sans")), size: 16)
  }

  @Test func `letters are as wide as the typeface has them`() {
    // DejaVu Sans: i is 569 and W is 2025 units of 2048 to the em.
    #expect(lettering.width(of: "iiiiiiii") == Int((16.0 * 8 * 569 / 2048).rounded(.up)))
    #expect(lettering.width(of: "WWWWWWWW") == Int((16.0 * 8 * 2025 / 2048).rounded(.up)))
    #expect(lettering.width(of: "") == 0)
  }

  @Test(
    "every script that labels are in has letters",
    arguments: ["é", "ß", "Ł", "λ", "Ж", "×", "…", "–", "“", "€"])
  func scripts(letter: String) {
    // A letter that is not there is drawn as a box, which is the same for all.
    #expect(ink(letter) != ink("猫"))
    #expect(ink(letter) != ink(" "))
  }

  @Test func `a letter that is not there is a box, an accent that is not there is left out`() {
    #expect(ink("猫") == ink("😀"))
    #expect(ink("猫").contains { $0 < 128 })
    #expect(ink("q\u{301}") == ink("q"))
  }

  private func ink(_ text: String) -> [UInt8] {
    var canvas = Canvas(width: 40, height: 40)
    canvas.draw(text, lettering, x: 8, y: 8, Colour(0))
    return canvas.picture.values
  }

  @Test("lines are never wider than they may be", arguments: [20, 60, 150, 400])
  func width(limit: Int) {
    for text in [
      "a lighthouse on a cliff above a stormy sea", "Supercalifragilistic_expialidocious",
      "a\nb c\n\nd",
    ] {
      let lines = lettering.wrapped(text, width: limit, lineLimit: 100)
      for line in lines { #expect(lettering.width(of: line) <= limit) }
      let letters = { (text: String) in text.filter { !$0.isWhitespace } }
      #expect(letters(lines.joined()) == letters(text))
    }
  }

  @Test func `a text that is too long ends in an ellipsis`() {
    let text = String(repeating: "word ", count: 10_000)
    let lines = lettering.wrapped(text, width: 100, lineLimit: 3)
    #expect(lines.count == 3)
    #expect(lines[2].hasSuffix("…"))
    #expect(lettering.width(of: lines[2]) <= 100)
    #expect(lettering.wrapped("word word", width: 100, lineLimit: 1) == ["word word"])
    #expect(lettering.wrapped("two\nlines", width: 100, lineLimit: 1) == ["two…"])
    #expect(lettering.wrapped("x", width: 1, lineLimit: 1) == ["x"])
    #expect(lettering.wrapped("", width: 100, lineLimit: 3) == [])
    #expect(lettering.wrapped("x", width: 100, lineLimit: 0).isEmpty)
  }

  @Test func `what lies beyond the edges is left out`() {
    var canvas = Canvas(width: 10, height: 10)
    canvas.draw("outside", lettering, x: -20, y: -5, Colour(0x123456))
    canvas.draw(madeUpPicture(width: 30, height: 30, channels: 4), x: -7, y: 5)
    canvas.fill(PixelBox(x: 50, y: 50, width: 10, height: 10), Colour(0))
    canvas.frame(PixelBox(x: 0, y: 0, width: 10, height: 10), Colour(0))
    #expect(canvas.picture.values.count == 300)
  }
}
