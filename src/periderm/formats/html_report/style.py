"""The style of the HTML report, light and dark, and the policy that lets a browser load nothing but this very style."""

from __future__ import annotations

import base64
import hashlib

STYLE = """
:root { color-scheme: light dark; --ground: #fff; --soft: #f4f5f2; --line: #d9dcd3; --text: #1d211a; --dim: #5b6354;
  --accent: #2f6b3c; --s5: #a4123f; --s4: #c8431f; --s3: #9a6700; --s2: #2b62a8; --s1: #6a7360; --s0: #6a7360; }
@media (prefers-color-scheme: dark) { :root { --ground: #14170f; --soft: #1e2218; --line: #363c2e; --text: #e8ebe2;
  --dim: #a5ad99; --accent: #7cc48a; --s5: #ff6f91; --s4: #ff9068; --s3: #e5b84b; --s2: #7fb2f0; --s1: #a5ad99;
  --s0: #a5ad99; } }
* { box-sizing: border-box; }
body { margin: 0; overflow-wrap: anywhere; background: var(--ground); color: var(--text); line-height: 1.5;
  font: 15px/1.5 system-ui, "Segoe UI", "Noto Sans", "Noto Sans CJK SC", "PingFang SC", "Microsoft YaHei", sans-serif; }
main, header, footer { max-width: 1180px; margin: 0 auto; padding: 0 20px; }
header { padding-top: 28px; }
h1 { font-size: 1.5rem; margin: 0 0 4px; overflow-wrap: anywhere; }
h2 { font-size: 1.15rem; margin: 36px 0 10px; }
h3 { font-size: .95rem; margin: 0 0 8px; }
p { margin: 4px 0; }
.dim, footer { color: var(--dim); font-size: .88rem; overflow-wrap: anywhere; }
footer { padding-top: 30px; padding-bottom: 40px; }
a { color: var(--accent); }
code { font: .88em ui-monospace, "DejaVu Sans Mono", monospace; overflow-wrap: anywhere; }
.tiles { display: flex; flex-wrap: wrap; gap: 10px; margin: 18px 0 0; padding: 0; list-style: none; }
.tiles li { border: 1px solid var(--line); border-radius: 8px; padding: 8px 16px; min-width: 104px; background: var(--soft); }
.tiles b { display: block; font-size: 1.5rem; line-height: 1.2; }
.warn { border-left: 4px solid var(--s3); background: var(--soft); padding: 8px 14px; margin: 14px 0; border-radius: 4px; }
.plan { list-style: none; margin: 0; padding: 0; }
.plan li { border: 1px solid var(--line); border-radius: 8px; padding: 10px 14px 10px 48px;
  margin: 0 0 8px; position: relative; }
.plan i { position: absolute; left: 14px; top: 10px; font-weight: 700; font-style: normal; color: var(--accent); }
.plan pre { margin: 6px 0 0; white-space: pre-wrap; overflow-wrap: anywhere; background: var(--soft); padding: 6px 10px;
  border-radius: 4px; }
.plots { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 430px), 1fr)); gap: 14px; }
.plots figure { margin: 0; border: 1px solid var(--line); border-radius: 8px; padding: 12px 14px; min-width: 0; }
svg { display: block; width: 100%; height: auto; max-width: 520px; }
svg text { fill: var(--text); font-size: 13px; }
svg .dimmed { fill: var(--dim); }
svg .track { fill: var(--soft); }
svg .bar { fill: var(--accent); }
.s5 { color: var(--s5); } .s4 { color: var(--s4); } .s3 { color: var(--s3); }
.s2 { color: var(--s2); } .s1 { color: var(--s1); } .s0 { color: var(--s0); }
svg .s5 { fill: var(--s5); } svg .s4 { fill: var(--s4); } svg .s3 { fill: var(--s3); }
svg .s2 { fill: var(--s2); } svg .s1 { fill: var(--s1); } svg .s0 { fill: var(--s0); }
table { width: 100%; border-collapse: collapse; }
.findings { table-layout: fixed; }
.findings th:nth-child(1) { width: 78px; } .findings th:nth-child(2) { width: 138px; }
.findings th:nth-child(4) { width: 27%; } .findings th:nth-child(5) { width: 25%; }
th, td { text-align: left; vertical-align: top; padding: 7px 10px 7px 0; border-bottom: 1px solid var(--line);
  overflow-wrap: anywhere; }
th { font-size: .8rem; color: var(--dim); font-weight: 600; }
td.number, th.number { text-align: right; padding-right: 16px; white-space: nowrap; font-variant-numeric: tabular-nums; }
.level { font-weight: 600; white-space: nowrap; }
.tag { display: inline-block; border: 1px solid currentColor; border-radius: 4px; padding: 0 5px; font-size: .76rem;
  margin-left: 4px; white-space: nowrap; }
details > summary { cursor: pointer; color: var(--accent); }
section > details > summary { font-weight: 600; padding: 14px 0 4px; }
ul.plain { margin: 4px 0; padding-left: 18px; }
@media (max-width: 720px) {
  .wide thead { position: absolute; left: -9999px; }
  .wide tr { display: block; border-bottom: 1px solid var(--line); padding: 8px 0; }
  .wide td { display: block; border: 0; padding: 1px 0; text-align: left; }
  .wide td.number { display: inline-block; text-align: left; padding-right: 10px; font-weight: 700; }
}
@media print { details { display: block; } .plots { break-inside: avoid; } }
"""


def policy() -> str:
    """The content security policy: this style by its digest, and nothing else at all."""
    digest = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
    return f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
