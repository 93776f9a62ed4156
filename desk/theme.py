"""How the desk looks: its own calm colours and shapes over NiceGUI's elements."""

CSS = """
:root { --ink:#1b2430; --soft:#586474; --paper:#f6f7f9; --card:#fff; --line:#e1e5eb; --accent:#2456e6; --live:#14754a;
  --human:#e6f4ec; --waiting:#8a5a10; --error:#b03427; --bot:#eef1f6; }
body { background:var(--paper); color:var(--ink); font:15px/1.5 system-ui,-apple-system,"Segoe UI",sans-serif; }
.nicegui-content { padding:0; gap:0; }
.desk { display:grid; grid-template-columns:20rem minmax(0,1fr) 20rem; grid-template-rows:auto minmax(0,1fr); height:100dvh;
  width:100%; gap:0; }
.desk > * { min-width:0; min-height:0; }
.top { grid-column:1/-1; display:flex; align-items:center; gap:.8rem; padding:.7rem 1.1rem; background:var(--card);
  border-bottom:1px solid var(--line); }
.top h1 { font-size:1.05rem; font-weight:650; line-height:1.3; margin:0; flex:1; }
.mark { width:1.9rem; height:1.9rem; border-radius:9px; background:var(--accent); color:#fff; display:grid; place-items:center;
  font-weight:700; }
.me { color:var(--soft); font-size:.9rem; }
.pane { overflow-y:auto; background:var(--card); border-right:1px solid var(--line); display:flex; flex-direction:column; }
.pane.right { border-right:0; border-left:1px solid var(--line); padding:1.1rem; gap:.9rem; }
.pane h2 { font-size:.76rem; font-weight:650; line-height:1.4; letter-spacing:.05em; text-transform:uppercase; color:var(--soft);
  margin:0; padding:.9rem 1.1rem .3rem; }
.pane.right h2 { padding:0; }
.row { display:block; width:100%; text-align:left; padding:.65rem 1.1rem; border:0; border-left:3px solid transparent;
  background:none; cursor:pointer; font:inherit; color:inherit; }
.row:hover { background:var(--paper); } .row.chosen { background:#eef3ff; border-left-color:var(--accent); }
.row .name { font-weight:600; display:flex; justify-content:space-between; gap:.5rem; }
.row .about { color:var(--soft); font-size:.86rem; white-space:nowrap; overflow:hidden; text-overflow:ellipsis; }
.pill { font-size:.76rem; font-weight:600; padding:.05rem .5rem; border-radius:99px; white-space:nowrap; }
.pill.queued { color:var(--waiting); background:#fbf1de; } .pill.accepted { color:var(--live); background:var(--human); }
.pill.ended { color:var(--soft); background:var(--bot); }
.none { color:var(--soft); padding:.3rem 1.1rem .6rem; font-size:.9rem; }
.talk { display:flex; flex-direction:column; background:var(--paper); }
.head { display:flex; flex-wrap:wrap; gap:.5rem; align-items:center; padding:.7rem 1.1rem; background:var(--card);
  border-bottom:1px solid var(--line); }
.head .title { flex:1; min-width:8rem; font-weight:650; }
.lines { flex:1; overflow-y:auto; padding:1.1rem; display:flex; flex-direction:column; gap:.35rem; }
.said { max-width:min(34rem,85%); display:flex; flex-direction:column; align-items:flex-start; }
.said.agent { align-self:flex-end; align-items:flex-end; }
.said .by { font-size:.76rem; color:var(--soft); margin:.35rem .25rem .1rem; }
.said .words { padding:.5rem .8rem; border-radius:14px; background:var(--card); border:1px solid var(--line);
  white-space:pre-wrap; overflow-wrap:anywhere; }
.said.bot .words { background:var(--bot); border-color:transparent; }
.said.agent .words { background:var(--accent); color:#fff; border-color:transparent; }
.said .mark-line { font-size:.76rem; color:var(--soft); margin:.05rem .25rem; display:flex; gap:.4rem; align-items:center; }
.said.failed .words { background:#fdeceb; color:var(--ink); border:1px solid var(--error); }
.said.failed .mark-line { color:var(--error); }
.divider { align-self:center; color:var(--soft); font-size:.8rem; padding:.5rem 0; }
.typing { color:var(--soft); font-size:.85rem; font-style:italic; min-height:1.4em; padding:0 1.1rem; }
.composer { display:flex; gap:.6rem; align-items:flex-end; padding:.7rem 1.1rem; background:var(--card); border-top:1px solid var(--line); }
.composer textarea { flex:1; font:inherit; color:inherit; border:1px solid var(--line); border-radius:12px; padding:.55rem .8rem;
  background:var(--paper); resize:none; min-height:2.7rem; max-height:9rem; }
.btn { font:inherit; font-weight:600; border-radius:10px; padding:.4rem .9rem; border:1px solid var(--line); background:var(--card);
  color:var(--ink); cursor:pointer; }
.btn:hover { background:var(--paper); } .btn.main { background:var(--accent); border-color:var(--accent); color:#fff; }
.btn.danger { color:var(--error); } .btn.link { border:0; padding:0; background:none; color:var(--error); text-decoration:underline; }
.btn:focus-visible, .row:focus-visible, textarea:focus-visible { outline:2px solid var(--accent); outline-offset:2px; }
.note { background:#fff8e6; border:1px solid #f0dfb2; border-radius:12px; padding:.7rem .9rem; white-space:pre-wrap; overflow-wrap:anywhere; }
.facts { display:grid; grid-template-columns:minmax(5rem,auto) minmax(0,1fr); gap:.2rem .8rem; font-size:.88rem; }
.facts dt { color:var(--soft); overflow-wrap:anywhere; } .facts dd { margin:0; overflow-wrap:anywhere; }
.empty { margin:auto; text-align:center; color:var(--soft); padding:2rem; }
.back { display:none; }
.dialog { padding:1.3rem 1.4rem; border-radius:14px; display:grid; gap:.8rem; width:min(26rem,92vw); }
.dialog h3 { margin:0; font-size:1.05rem; font-weight:650; line-height:1.3; }
.dialog input, .dialog textarea, .dialog select { font:inherit; border:1px solid var(--line); border-radius:10px; padding:.5rem .7rem; width:100%; }
.buttons { display:flex; gap:.6rem; justify-content:flex-end; }
@media (max-width:1000px) { .desk { grid-template-columns:18rem minmax(0,1fr); } .pane.right { display:none; }
  .desk[data-view=details] .pane.right { display:flex; grid-column:2; border-left:0; } .desk[data-view=details] .talk { display:none; } }
@media (min-width:1001px) { .only-small { display:none; } }
@media (max-width:700px) {
  .desk { grid-template-columns:minmax(0,1fr); } .desk > .pane, .desk > .talk { display:none; grid-column:1; }
  .desk[data-view=inbox] .inbox { display:flex; } .desk[data-view=talk] .talk { display:flex; }
  .desk[data-view=details] .pane.right { display:flex; } .back { display:inline-block; } .pane { border:0 !important; }
  .me { display:none; } .row { padding:.8rem 1.1rem; }
}
"""
