/// The look of all pages: light and dark, with one colour a series.
enum PageStyle {
  /// The number of colours for series, such as types in blocks or sets of inputs; more start again.
  static let colorCount = 6
  /// The number of colours of heat maps, from little to much.
  static let heatCount = 10

  private static let lightHeat = [
    "#fff7dc", "#ffeab0", "#fed988", "#fec160", "#fca048", "#f67b3a", "#e4532d", "#c7301f",
    "#9c1a20", "#6b0f24",
  ]
  private static let darkHeat = [
    "#1d1a2f", "#35194f", "#561a63", "#771f63", "#98265a", "#b93549", "#d64e34", "#ec7224",
    "#f8a232", "#fbe08a",
  ]

  private static func variables(_ heat: [String]) -> String {
    heat.enumerated().map { "--h\($0): \($1);" }.joined(separator: " ")
  }

  /// The style sheet.
  static var text: String { colors + layout + charts + classes }

  private static var colors: String {
    """
    :root { color-scheme: light dark; --paper: #f6f7f9; --card: #ffffff; --ink: #1b2330; --soft: #5c6778;
      --line: #dfe3e9; --grid: #e9ecf1; --good: #1e7f4c; --good-paper: #e6f4ec; --bad: #b93226;
      --bad-paper: #fbeae8; --on-low: #1b2330; --on-high: #ffffff; --accent: #2667c9; --t0: #2667c9; --t1: #d97a16; --t2: #23906a;
      --t3: #a8439a; --t4: #6a5bd0; --t5: #c4483c; --p0: #8b96a6; --p1: #5f6b7d; --p2: #b3bcc8;
      \(variables(lightHeat)) }
    @media (prefers-color-scheme: dark) { :root { --paper: #11151b; --card: #191f27; --ink: #e4e8ee;
      --soft: #96a1b1; --line: #2b333f; --grid: #252c37; --good: #58c68d; --good-paper: #1a3626; --bad: #f2857a;
      --bad-paper: #3a1d1c; --on-low: #f4f6f9; --on-high: #14181f; --accent: #6ea3f2; --t0: #6ea3f2; --t1: #f0a04b;
      --t2: #4fc296; --t3: #dc80cd; --t4: #a195f5; --t5: #ee7f70; --p0: #6d7888; --p1: #98a4b5; --p2: #4a5463;
      \(variables(darkHeat)) } }

    """
  }

  private static let layout = """
    * { box-sizing: border-box; }
    body { margin: 0; max-width: none; padding: 0; background: var(--paper); color: var(--ink);
      font: 15px/1.5 system-ui, "Segoe UI", "DejaVu Sans", sans-serif; font-variant-numeric: tabular-nums; }
    main { max-width: 76rem; margin: 0 auto; padding: 2.2rem 1.2rem 4rem; }
    h1 { font-size: 1.7rem; line-height: 1.25; margin: 0 0 .4rem; letter-spacing: -.01em; }
    h2 { font-size: 1.1rem; margin: 0 0 .2rem; }
    h3 { font-size: .95rem; margin: 1.3rem 0 .4rem; }
    p { margin: .2rem 0 .9rem; }
    .soft, figcaption, .path { color: var(--soft); }
    .path { font-size: .9rem; overflow-wrap: anywhere; margin: 0 0 1.4rem; }
    code, .name { font-family: ui-monospace, "DejaVu Sans Mono", monospace; font-size: .8rem; overflow-wrap: anywhere; }
    section { background: var(--card); border: 1px solid var(--line); border-radius: 10px; padding: 1.2rem 1.3rem;
      margin: 1rem 0; }
    .tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(10.5rem, 1fr)); gap: .8rem; }
    .tile { background: var(--card); border: 1px solid var(--line); border-radius: 10px; padding: .8rem 1rem; }
    .tile b { display: block; font-size: 1.35rem; line-height: 1.3; letter-spacing: -.01em; white-space: nowrap; }
    .tile span { color: var(--soft); font-size: .82rem; display: block; overflow-wrap: anywhere; }
    .tile.named b { font: 600 .95rem/1.4 ui-monospace, "DejaVu Sans Mono", monospace; white-space: normal;
      overflow-wrap: anywhere; }
    .tile.fail b, .fail { color: var(--bad); } .tile.ok b, .ok { color: var(--good); }
    td.fail, td.ok { font-weight: 600; white-space: nowrap; }
    .verdict { border-left: .4rem solid var(--good); padding-left: 1rem; margin-bottom: 1.4rem; }
    .verdict h1 { color: var(--good); } .verdict .path { margin: 0; }
    .verdict.fail { border-color: var(--bad); } .verdict.fail h1 { color: var(--bad); }
    .calm { background: var(--good-paper); border-radius: 8px; padding: .7rem 1rem; margin: .8rem 0; }
    .alarm { background: var(--bad-paper); border-radius: 8px; padding: .7rem 1rem; margin: .8rem 0; }
    td.detail { overflow-wrap: anywhere; min-width: 16rem; color: var(--soft); }
    .key.equal { background: var(--good-paper); border: 1px solid var(--line); } .key.infinite { background: var(--ink); }
    .key.beyond { border: 2px solid var(--ink); }
    details > .wide { margin-top: .6rem; }
    .columns { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(26rem, 100%), 1fr)); gap: 1.6rem; }
    .wide { overflow-x: auto; }
    table { border-collapse: collapse; width: 100%; font-size: .87rem; }
    th { text-align: left; font-weight: 600; color: var(--soft); font-size: .78rem; white-space: nowrap; }
    th, td { padding: .32rem .6rem; border-bottom: 1px solid var(--line); vertical-align: middle; }
    tr:last-child td { border-bottom: 0; }
    td.number, th.number { text-align: right; white-space: nowrap; }
    td.bar-cell { width: 6rem; min-width: 5rem; }
    td.type { white-space: nowrap; }
    td.tensor { min-width: 20rem; }
    .bar { height: .5rem; min-width: 2px; border-radius: 3px; background: var(--accent); }
    .key { display: inline-block; width: .7rem; height: .7rem; border-radius: 2px; margin-right: .4rem;
      vertical-align: -.05rem; }
    .legend { display: flex; flex-wrap: wrap; gap: .2rem 1.1rem; font-size: .83rem; color: var(--soft); margin: .5rem 0; }
    .cases { font-size: .83rem; margin: .7rem 0 0; } .cases span { display: inline-block; margin-right: 1.1rem; }
    summary { cursor: pointer; font-weight: 600; }
    .checks td:nth-child(2) { min-width: 15rem; }
    @media (max-width: 40rem) {
      main { padding: 1.2rem .7rem 3rem; } section { padding: .9rem .9rem; } td.tensor { min-width: 11rem; }
      .checks td:nth-child(n) { display: block; min-width: 0; border: 0; padding: .1rem 0; } .checks tr { display: block; padding: .5rem 0;
        border-bottom: 1px solid var(--line); } .checks tr:last-child { border: 0; } }
    footer { color: var(--soft); font-size: .82rem; margin-top: 1.6rem; }

    """

  private static let charts = """
    svg { display: block; width: 100%; height: auto; }
    .plot { overflow-x: auto; } .plot svg { min-width: 42rem; } .plot svg.half { min-width: 26rem; }
    svg text { fill: var(--soft); font: 12px system-ui, "Segoe UI", "DejaVu Sans", sans-serif; }
    svg text.end { text-anchor: end; } svg text.middle { text-anchor: middle; }
    svg .strong { fill: var(--ink); }
    svg line.grid { stroke: var(--grid); } svg line.axis { stroke: var(--line); }
    svg text.on { stroke: var(--card); stroke-width: 4px; paint-order: stroke; stroke-linejoin: round; }
    svg text.bad { fill: var(--bad); } svg text.low { fill: var(--on-low); } svg text.high { fill: var(--on-high); }
    svg line.limit { stroke: var(--bad); stroke-width: 1.2; stroke-dasharray: 6 4; }
    svg line.mark { stroke: var(--bad); stroke-width: 1; stroke-dasharray: 2 3; }
    svg circle.mark { fill: none; stroke: var(--bad); stroke-width: 2.4; } svg .hit { fill-opacity: 0; stroke: none; }
    svg .series { fill: none; stroke-width: 1.3; stroke-linejoin: round; stroke-linecap: round; stroke-opacity: .85; }
    svg .series.again { stroke-dasharray: 5 3; } svg .dots { fill: none; stroke-width: 4; stroke-linecap: round; }
    svg rect.equal { fill: var(--good-paper); } svg rect.infinite { fill: var(--ink); } svg text.infinite { fill: var(--card); }
    svg rect.beyond { fill: none; stroke: var(--ink); stroke-width: 2; }
    svg circle.dot { fill-opacity: .55; stroke-opacity: .9; stroke-width: .8; }
    svg .curve { fill: none; stroke: var(--accent); stroke-width: 2; }
    svg rect.block { fill: var(--accent); }
    .maps { display: grid; grid-template-columns: repeat(auto-fill, minmax(16rem, 1fr)); gap: 1.4rem; }
    .pictures { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(15rem, 100%), 1fr)); gap: 1rem; }
    .pictures img { width: 100%; height: auto; border: 1px solid var(--line); border-radius: 4px; display: block; }
    figure { margin: 0; } figcaption { font-size: .8rem; margin-top: .4rem; }
    figcaption .name { color: var(--ink); display: block; font-size: .74rem; }
    .map { height: 13rem; border: 1px solid var(--line); border-radius: 4px; }
    .scale { display: flex; align-items: center; gap: .5rem; margin-top: .3rem; font-size: .8rem; }
    .scale i { flex: 1; height: .45rem; border-radius: 2px;
      background: linear-gradient(90deg, var(--h0), var(--h2), var(--h4), var(--h6), var(--h8), var(--h9)); }

    """

  /// The fills that charts and keys share.
  private static var classes: String {
    let names =
      (0..<colorCount).map { "t\($0)" } + (0..<3).map { "p\($0)" }
      + (0..<heatCount).map { "h\($0)" }
    return names.map {
      ".\($0) { fill: var(--\($0)); stroke: var(--\($0)); background: var(--\($0)); }\n"
    }.joined() + "rect, .map path { stroke: none; }\n"
  }
}
