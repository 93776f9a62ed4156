// What a representative writes, until the desk has said that it has it.
//
// A page that loses its connection for a while is silent about it: what it sends then is gone. So each message is kept
// here, under an id of its own and for the conversation that it was written in, and told again until it is confirmed;
// one after another, so that none overtakes. What is not sent yet is kept as well, for each conversation by itself.
// Both outlive a reload of the page.

const AGAIN_AFTER = 3000;
const KEPT = "baton-unsaid";
const DRAFTS = "baton-drafts";

const unsaid = JSON.parse(sessionStorage.getItem(KEPT) || "[]");
const drafts = JSON.parse(sessionStorage.getItem(DRAFTS) || "{}");
let writingTo = null;
let telling = setTimeout(tell, AGAIN_AFTER);

function composer() {
  return document.querySelector(".composer textarea");
}

// The box belongs to another conversation now: it shows what was begun there.
function turn() {
  const box = composer();
  if (!box || box.dataset.handoff === writingTo) return;
  writingTo = box.dataset.handoff;
  box.value = drafts[writingTo] || "";
}

function say() {
  const box = composer();
  const text = box.value.trim();
  if (!text) return;
  unsaid.push({ id: `${Date.now()}-${Math.random().toString(36).slice(2)}`, handoff: writingTo, text });
  keep();
  write(writingTo, "");
  box.focus();
  if (unsaid.length === 1) tell();
}

function tell() {
  clearTimeout(telling);
  if (!unsaid.length) return;
  // First, for telling fails as long as the page is not whole yet.
  telling = setTimeout(tell, AGAIN_AFTER);
  emitEvent("say", unsaid[0]);
}

function said(id) {
  take(id);
  tell();
}

// It cannot be said: the representative has their words back, where they wrote them.
function refused(id) {
  const words = take(id);
  if (words) write(words.handoff, [words.text, drafts[words.handoff]].filter(Boolean).join("\n"));
  tell();
}

function take(id) {
  const at = unsaid.findIndex((words) => words.id === id);
  const [words] = at < 0 ? [] : unsaid.splice(at, 1);
  keep();
  return words;
}

function write(handoff, text) {
  draft(handoff, text);
  if (handoff === writingTo) composer().value = text;
}

function draft(handoff, text) {
  if (text) drafts[handoff] = text;
  else delete drafts[handoff];
  sessionStorage.setItem(DRAFTS, JSON.stringify(drafts));
}

function keep() {
  sessionStorage.setItem(KEPT, JSON.stringify(unsaid));
}

document.addEventListener("input", (event) => {
  if (event.target === composer()) draft(writingTo, event.target.value);
});

// Before any key that is pressed after it, so that no word reaches a conversation that it was not written for.
new MutationObserver(turn).observe(document.body, {
  subtree: true,
  childList: true,
  attributes: true,
  attributeFilter: ["data-handoff"],
});

turn();
window.batonComposer = { say, said, refused };
