"""How the console looks: the desk's and the chat's colours."""

CSS = """
:root { --ink:#1b2430; --soft:#586474; --paper:#f6f7f9; --card:#fff; --line:#e1e5eb; --accent:#2456e6; --live:#14754a;
  --waiting:#8a5a10; --error:#b03427; }
body { background:var(--paper); color:var(--ink); font:15px/1.5 system-ui,-apple-system,"Segoe UI",sans-serif; }
.nicegui-content { padding:0; gap:0; }
.top { display:flex; align-items:center; gap:.8rem; padding:.7rem 1.3rem; width:100%; background:var(--card);
  border-bottom:1px solid var(--line); }
.top h1 { font-size:1.05rem; font-weight:650; line-height:1.3; margin:0; flex:1; } .top a { color:var(--ink); text-decoration:none; }
.mark { width:1.9rem; height:1.9rem; border-radius:9px; background:var(--accent); color:#fff; display:grid; place-items:center;
  font-weight:700; }
.sheet { max-width:76rem; width:100%; margin:0 auto; padding:1.2rem 1.3rem 3rem; display:grid; gap:1rem; }
.tiles { display:flex; flex-wrap:wrap; gap:.7rem; }
.tile { background:var(--card); border:1px solid var(--line); border-radius:12px; padding:.6rem 1rem; min-width:7.5rem; cursor:pointer;
  text-align:left; font:inherit; color:inherit; }
.tile b { display:block; font-size:1.5rem; line-height:1.2; font-weight:650; } .tile span { color:var(--soft); font-size:.88rem; }
.tile.chosen { border-color:var(--accent); box-shadow:0 0 0 1px var(--accent); }
.search { width:100%; max-width:26rem; font:inherit; border:1px solid var(--line); border-radius:10px; padding:.5rem .8rem;
  background:var(--card); color:inherit; }
.card { background:var(--card); border:1px solid var(--line); border-radius:12px; overflow:hidden; }
.card h2 { font-size:.78rem; letter-spacing:.05em; text-transform:uppercase; color:var(--soft); margin:0; padding:.8rem 1rem .3rem;
  font-weight:650; line-height:1.4; }
.scroll { overflow-x:auto; }
table.list { width:100%; border-collapse:collapse; font-size:.92rem; }
.list th { text-align:left; color:var(--soft); font-weight:600; font-size:.82rem; padding:.5rem 1rem; white-space:nowrap; }
.list td { padding:.5rem 1rem; border-top:1px solid var(--line); white-space:nowrap; } .list tr:hover td { background:var(--paper); }
.list a, .sheet a.plain { color:var(--accent); text-decoration:none; } .list a:hover { text-decoration:underline; }
.pill { font-size:.78rem; font-weight:600; padding:.08rem .55rem; border-radius:99px; background:#eef1f6; color:var(--soft); }
.pill.agent { color:var(--accent); background:#eaf0ff; } .pill.live { color:var(--live); background:#e6f4ec; }
.pill.queued, .pill.transferring { color:var(--waiting); background:#fbf1de; }
.two { display:grid; grid-template-columns:minmax(0,1.4fr) minmax(0,1fr); gap:1rem; align-items:start; }
.facts { display:grid; grid-template-columns:9rem minmax(0,1fr); gap:.25rem .8rem; padding:.3rem 1rem 1rem; font-size:.92rem; margin:0; }
.facts dt { color:var(--soft); } .facts dd { margin:0; overflow-wrap:anywhere; }
.said { padding:.45rem 1rem; border-top:1px solid var(--line); display:grid; grid-template-columns:8.5rem minmax(0,1fr); gap:.8rem; }
.said .by { color:var(--soft); font-size:.84rem; } .said .by b { display:block; color:var(--ink); font-weight:600; }
.said .words { white-space:pre-wrap; overflow-wrap:anywhere; } .said.agent .by b { color:var(--live); } .said.bot .by b { color:var(--accent); }
.step { padding:.3rem 1rem; display:grid; grid-template-columns:5rem minmax(0,1fr); gap:.8rem; font-size:.9rem; }
.step .at { color:var(--soft); } .empty { color:var(--soft); padding:1rem; }
.btn { font:inherit; font-weight:600; border-radius:10px; padding:.35rem .85rem; border:1px solid var(--line); background:var(--card);
  color:var(--error); cursor:pointer; }
.row { display:flex; flex-wrap:wrap; gap:.7rem; align-items:center; }
a:focus-visible, button:focus-visible, input:focus-visible { outline:2px solid var(--accent); outline-offset:2px; }
@media (max-width:800px) { .two { grid-template-columns:minmax(0,1fr); } .said { grid-template-columns:minmax(0,1fr); gap:.1rem; }
  .tile { min-width:0; flex:1 1 28%; } .facts { grid-template-columns:7rem minmax(0,1fr); } }
"""

CLOSED_DOOR = """<!doctype html><meta charset=utf-8><meta name=viewport content="width=device-width,initial-scale=1">
<title>Baton console</title><style>body{font:16px/1.5 system-ui,sans-serif;color:#1b2430;background:#f6f7f9;display:grid;
place-items:center;min-height:100vh;margin:0}main{background:#fff;padding:2rem 2.5rem;border-radius:12px;max-width:26rem}
code{background:#eef1f6;padding:.1em .4em;border-radius:6px}</style>
<main><h1 style="font-size:1.25rem;margin-top:0">This is the console of Baton</h1>
<p>Come in by the link that <code>baton up</code> printed. Each link works once, for a quarter of an hour;
<code>baton login</code> prints a new one.</p></main>"""
