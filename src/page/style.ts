/** The style of every page: light and dark by the reader's choice, light on paper. */
export const STYLE = `
:root {
  color-scheme: light dark;
  --page: #f6f7f9; --card: #ffffff; --text: #1c2430; --soft: #566173; --line: #d9dee6; --code: #eef1f5; --shadow: #1c243038;
  --good: #13714a; --bad: #b3261e; --warn: #8a5300; --none: #566173;
  --bar: #5b7bb4; --honest: #13714a; --int4: #8a5300;
  --replica-1: #0b63b5; --replica-2: #c2500a; --replica-3: #12795a; --replica-4: #9c3f86;
  --replica-5: #7a6a00; --replica-6: #2b8fb8; --replica-7: #6c4bc0; --replica-8: #5f6873;
  --plot-background: var(--card);
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #11151b; --card: #1a2029; --text: #e6eaf0; --soft: #a3afbf; --line: #323b48; --code: #232b36; --shadow: #000000a0;
    --good: #5fd39b; --bad: #ff8a80; --warn: #f2b45c; --none: #a3afbf;
    --bar: #7f9fd8; --honest: #5fd39b; --int4: #f2b45c;
    --replica-1: #6cb2f5; --replica-2: #f6a05c; --replica-3: #56cfa3; --replica-4: #e293cf;
    --replica-5: #dccb4f; --replica-6: #6fd3f2; --replica-7: #b9a2ff; --replica-8: #b2bcc8;
  }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--text); font: 16px/1.5 system-ui, "Segoe UI", "DejaVu Sans", sans-serif; }
main, header, footer { max-width: 1120px; margin: 0 auto; padding: 0 20px; }
header { padding-top: 28px; }
h1 { display: flex; flex-wrap: wrap; align-items: center; gap: 10px 16px; margin: 0; font-size: 1.5rem; line-height: 1.25; overflow-wrap: anywhere; }
h2 { margin: 36px 0 12px; font-size: 1.2rem; }
li { overflow-wrap: anywhere; }
h3 { margin: 0 0 8px; font-size: 1rem; }
p { margin: 8px 0; }
.verdict { padding: 4px 14px; border-radius: 6px; color: var(--card); font-weight: 700; letter-spacing: .02em; white-space: nowrap; }
.PASS .verdict { background: var(--good); } .FAIL .verdict { background: var(--bad); }
.INCOMPLETE .verdict, .amber .verdict { background: var(--warn); } .SKIPPED .verdict { background: var(--none); }
.reason { margin: 14px 0 4px; font-size: 1.15rem; overflow-wrap: anywhere; }
.meta, figcaption, .caption, footer { color: var(--soft); font-size: .875rem; }
.meta { overflow-wrap: anywhere; }
.notice { margin: 12px 0 0; padding: 10px 14px; border-left: 4px solid var(--warn); border-radius: 0 6px 6px 0; background: var(--card); overflow-wrap: anywhere; }
.notice.error { border-color: var(--bad); }
.notice strong { color: var(--warn); } .notice.error strong { color: var(--bad); }
.cards { display: grid; grid-template-columns: repeat(auto-fill, minmax(165px, 1fr)); gap: 12px; margin: 20px 0 0; padding: 0; }
.cards div, figure, section.finding, .panel { background: var(--card); border: 1px solid var(--line); border-radius: 8px; }
.cards div { padding: 12px 14px; }
.cards dt { color: var(--soft); font-size: .8125rem; }
.cards dd { margin: 0; font-size: 1.25rem; font-weight: 600; font-variant-numeric: tabular-nums; overflow-wrap: anywhere; }
.cards small { display: block; color: var(--soft); font-size: .8125rem; font-weight: 400; }
figure { margin: 0 0 16px; padding: 16px; min-width: 0; }
figcaption { margin-top: 8px; }
.pair { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 460px), 1fr)); gap: 0 16px; }
/* What goes on beyond an edge casts a shadow there, until it has been scrolled to. */
.scroll {
  overflow-x: auto;
  background:
    linear-gradient(to right, var(--card) 40%, transparent) left / 32px 100% no-repeat local,
    linear-gradient(to left, var(--card) 40%, transparent) right / 32px 100% no-repeat local,
    linear-gradient(to right, var(--shadow), transparent) left / 12px calc(100% - 2px) no-repeat scroll,
    linear-gradient(to left, var(--shadow), transparent) right / 12px calc(100% - 2px) no-repeat scroll;
}
.scroll:focus-visible { outline: 2px solid var(--replica-1); outline-offset: 2px; }
.chart { display: block; width: 100%; height: auto; font-family: inherit; font-size: 11px; color: var(--text); }
.wide .chart { min-width: 720px; font-size: 12px; }
.chart text { white-space: pre; }
.legend { display: flex; flex-wrap: wrap; gap: 2px 18px; margin: 0 0 4px; padding: 0; list-style: none; }
.swatch { display: inline-block; width: .7em; height: .7em; margin-right: .4em; border-radius: 50%; }
.swatch.mismatch { border: 1.5px solid var(--text); } .swatch.failed { border: 2px solid var(--bad); }
.swatch.honest { background: var(--honest); } .swatch.fraud { background: var(--int4); }
${Array.from({ length: 8 }, (_, index) => `.swatch.replica-${index + 1} { background: var(--replica-${index + 1}); }`).join('\n')}
table { border-collapse: collapse; width: 100%; font-size: .9375rem; font-variant-numeric: tabular-nums; }
.panel { margin: 0 0 16px; padding: 12px 16px; min-width: 0; }
.caption { margin: 0 0 8px; }
th, td { padding: 6px 16px 6px 0; border-bottom: 1px solid var(--line); text-align: left; vertical-align: top; }
td { white-space: nowrap; }
.inputs td { white-space: normal; overflow-wrap: anywhere; min-width: 12em; }
.prose { min-width: 18em; white-space: normal; }
tbody th small { display: block; color: var(--soft); font-weight: 400; }
thead th { color: var(--soft); font-size: .8125rem; font-weight: 600; white-space: nowrap; }
tbody th { font-weight: 600; white-space: nowrap; }
.inputs th { white-space: normal; min-width: 7em; }
tbody tr:last-child > * { border-bottom: 0; }
.good { color: var(--good); font-weight: 600; } .bad { color: var(--bad); font-weight: 600; } .warn { color: var(--warn); font-weight: 600; }
section.finding { margin: 0 0 12px; padding: 14px 16px; overflow-wrap: anywhere; }
.reason::first-letter, section.finding h3::first-letter { text-transform: uppercase; }
section.finding code { color: var(--soft); font-weight: 400; }
code, pre { font-family: ui-monospace, "DejaVu Sans Mono", monospace; font-size: .875rem; }
pre { margin: 0; padding: 12px 14px; border-radius: 6px; background: var(--code); white-space: pre-wrap; overflow-wrap: anywhere; user-select: all; }
footer { margin-top: 36px; padding-bottom: 36px; }
@media (max-width: 600px) {
  main, header, footer { padding-left: 12px; padding-right: 12px; }
  figure { padding: 12px; }
  .chart { font-size: 13px; } .wide .chart { font-size: 15px; }
  tbody th { white-space: normal; overflow-wrap: anywhere; min-width: 7em; }
}
@media print {
  :root {
    color-scheme: light;
    --page: #fff; --card: #fff; --text: #000; --soft: #444; --line: #bbb; --code: #f3f3f3;
    --good: #13714a; --bad: #b3261e; --warn: #8a5300; --none: #566173;
    --bar: #5b7bb4; --honest: #13714a; --int4: #8a5300;
    --replica-1: #0b63b5; --replica-2: #c2500a; --replica-3: #12795a; --replica-4: #9c3f86;
    --replica-5: #7a6a00; --replica-6: #2b8fb8; --replica-7: #6c4bc0; --replica-8: #5f6873;
  }
  body { font-size: 11pt; }
  .verdict { border: 2px solid currentColor; background: none !important; color: #000; }
  figure, section.finding, tr { break-inside: avoid; }
  h2, h3, .caption { break-after: avoid; }
  .chart { font-size: 14px; } .wide .chart { min-width: 0; font-size: 16px; }
  .scroll { overflow: visible; background: none; }
  .pair { grid-template-columns: 1fr 1fr; }
  table { font-size: 9.5pt; }
  footer { margin-top: 12px; padding-bottom: 0; }
  .swatch { print-color-adjust: exact; }
}
`;
