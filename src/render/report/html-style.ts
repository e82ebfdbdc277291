/** The report's looks: light and dark as the reader has it, black on white on paper. */
export const htmlStyle = `
:root { color-scheme: light dark;
  --page: #fbfbfa; --ink: #1d1f21; --dim: #5c6166; --line: #d9dbdd; --box: #f1f2f2; --good: #1d7a3e; --alarm: #b3261e;
  --person: #7a4d00; --done: #4d9a68; --quiet: #a9b0b5; --turn: #c9d6e6; --rail: #6a7fb5; --pause: #e9e4da; --doubt: #d18b00; --hand: #8a6fc0; }
@media (prefers-color-scheme: dark) { :root {
  --page: #17191b; --ink: #e4e6e7; --dim: #9aa1a6; --line: #3a3f43; --box: #212427; --good: #6cc58b; --alarm: #ff8f85;
  --person: #e0b060; --done: #3f8a5a; --quiet: #5d656b; --turn: #33455c; --rail: #7f95cf; --pause: #2c2a24; --doubt: #c98a12; --hand: #8f78c4; } }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 1.5rem 1.25rem 3rem; max-width: 76rem; background: var(--page); color: var(--ink);
  font: 15px/1.5 system-ui, "Segoe UI", Roboto, "Helvetica Neue", "DejaVu Sans", sans-serif; overflow-wrap: anywhere; }
h1 { margin: 0 0 .25rem; font-size: 1.6rem; line-height: 1.25; }
h2 { margin: 2rem 0 .6rem; padding-bottom: .2rem; border-bottom: 1px solid var(--line); font-size: 1.15rem; }
p { margin: .4rem 0; max-width: 60rem; }
code, pre, .code { font: 13px/1.45 ui-monospace, SFMono-Regular, Menlo, "DejaVu Sans Mono", monospace; }
.result { margin: .5rem 0 1rem; padding: .6rem .9rem; border-left: 5px solid var(--dim); background: var(--box); font-size: 1.1rem; }
.result.good { border-color: var(--good); } .result.bad { border-color: var(--alarm); } .result.open { border-color: var(--doubt); }
.badge { display: inline-block; margin-left: .5rem; padding: 0 .5rem; border: 2px solid var(--alarm); color: var(--alarm); font-size: .9rem; font-weight: 700; vertical-align: middle; }
.good { color: var(--good); } .alarm { color: var(--alarm); font-weight: 600; } .person { color: var(--person); } .quiet { color: var(--dim); }
.result.good, .result.bad { color: var(--ink); }
dl { display: grid; grid-template-columns: max-content minmax(0, 1fr); gap: .15rem 1rem; margin: .5rem 0; }
dt { color: var(--dim); } dd { margin: 0; unicode-bidi: isolate; } dd span + span::before { content: " · "; color: var(--dim); font-weight: 400; }
table { width: 100%; margin: .6rem 0; border-collapse: collapse; }
th, td { padding: .3rem .7rem .3rem 0; border-bottom: 1px solid var(--line); text-align: left; vertical-align: top; unicode-bidi: isolate; }
th { color: var(--dim); font-weight: 500; white-space: nowrap; }
.step { margin: .7rem 0; padding: .35rem 0 .35rem .8rem; border-left: 3px solid var(--quiet); }
.step.good { border-color: var(--done); } .step.alarm { border-color: var(--alarm); } .step.person { border-color: var(--person); }
.step.good, .step.alarm, .step.person, .step.quiet { color: var(--ink); font-weight: 400; }
.step header { display: flex; flex-wrap: wrap; gap: .1rem .6rem; align-items: baseline; }
.step header .id { font-weight: 600; } .step header .words { margin-left: auto; }
.step dl { gap: 0 .8rem; margin: .15rem 0; font-size: .9rem; }
.d1 { margin-left: 1.4rem; } .d2 { margin-left: 2.8rem; } .d3 { margin-left: 4.2rem; }
.notes { margin: .3rem 0; padding: 0; list-style: none; }
.notes li { margin: .15rem 0; padding-left: 5.2rem; text-indent: -5.2rem; }
.notes li.dated { padding-left: 10.5rem; text-indent: -10.5rem; }
.notes time { display: inline-block; width: 5.2rem; text-indent: 0; color: var(--dim); font-variant-numeric: tabular-nums; font-weight: 400; }
.notes li.dated time { width: 10.5rem; }
.notes .more { display: block; text-indent: 0; color: var(--ink); font-weight: 400; white-space: pre-wrap; }
.text { display: grid; grid-template-columns: 4rem minmax(0, 1fr); gap: .8rem; margin: .2rem 0; font-size: .9rem; } .text > span { color: var(--dim); }
pre { margin: 0; padding: .3rem .5rem; background: var(--box); white-space: pre-wrap; overflow-wrap: anywhere; }
.picture { display: block; width: 100%; height: auto; font: 11px system-ui, "DejaVu Sans", sans-serif; }
.picture.narrow { display: none; }
.picture text { fill: var(--ink); } .picture .small { fill: var(--dim); font-size: 10px; } .picture .label { font-size: 11px; } .picture .label.quiet { fill: var(--dim); }
.picture .in-turn { font-size: 11px; } .picture .turn { fill: var(--turn); } .picture .pause { fill: var(--pause); } .picture .tick { stroke: var(--line); stroke-width: 1; }
.picture .rail { fill: var(--rail); } .picture .limit { stroke: var(--alarm); stroke-width: 2; }
.picture .bar { fill: var(--done); } .picture .bar.already-done, .picture .bar.skipped, .picture .bar.pending, .picture .bar.group { fill: var(--quiet); }
.picture .bar.failed, .picture .bar.over { fill: var(--alarm); } .picture .bar.in-doubt, .picture .bar.running { fill: var(--doubt); } .picture .bar.done-by-hand { fill: var(--hand); } .picture .bar.undone { fill: var(--rail); }
.picture .mark { font-size: 12px; font-weight: 700; paint-order: stroke; stroke: var(--page); stroke-width: 3px; }
.picture .mark.doubt { fill: var(--alarm); } .picture .mark.instant { fill: var(--dim); font-weight: 400; font-size: 10px; }
.legend { max-width: none; font-size: .85rem; color: var(--dim); } .legend i { display: inline-block; width: .8rem; height: .65rem; margin: 0 .3rem 0 .8rem; border-radius: 2px; print-color-adjust: exact; }
@media screen and (max-width: 700px) {
  body { padding: 1rem .8rem 2rem; }
  .picture.wide { display: none; } .picture.narrow { display: block; }
  dl { grid-template-columns: minmax(0, 1fr); gap: 0; } dt { margin-top: .35rem; font-size: .85rem; }
  .step dl { grid-template-columns: 5rem minmax(0, 1fr); } .step dt { margin-top: 0; }
  table, tbody, tr, td { display: block; } thead { display: none; } tr { padding: .4rem 0; border-bottom: 1px solid var(--line); }
  td { padding: 0; border: 0; } td:empty { display: none; } td[data-head]::before { content: attr(data-head) ": "; color: var(--dim); font-weight: 400; }
  .step header .words { margin-left: 0; flex-basis: 100%; } .d1, .d2, .d3 { margin-left: .6rem; } .text { grid-template-columns: minmax(0, 1fr); gap: 0; }
  .notes li, .notes li.dated { padding-left: 0; text-indent: 0; } .notes time, .notes li.dated time { display: block; width: auto; } }
@media print { :root { --page: #fff; --ink: #000; --dim: #333; --line: #bbb; --box: #fff; --good: #000; --alarm: #000; --person: #000;
    --done: #777; --quiet: #bbb; --turn: #ddd; --rail: #555; --pause: #f2f2f2; --doubt: #444; --hand: #999; }
  body { padding: 0; max-width: none; font-size: 10.5pt; } .alarm { font-weight: 700; } pre { border: 1px solid #999; }
  .picture .bar.failed, .picture .bar.over { fill: #000; } .picture .bar.in-doubt { fill: #fff; stroke: #000; }
  h1, h2 { break-after: avoid; } .step, tr, dl > div, svg { break-inside: avoid; } .step pre { break-inside: auto; } thead { display: table-header-group; } }
`;
