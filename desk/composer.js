// What a representative has written, until the desk has said that it has it.
//
// A page that loses its connection for a while is silent about it: what it sends then is gone. So each message is kept
// here, under an id of its own and for the conversation that it was written in, and told again until it is confirmed;
// one after another, so that none overtakes. It outlives a reload of the page.

const AGAIN_AFTER = 3000;
const KEPT = "baton-unsaid";

const unsaid = JSON.parse(sessionStorage.getItem(KEPT) || "[]");
let telling = setTimeout(tell, AGAIN_AFTER);

function composer() {
  return document.querySelector(".composer textarea");
}

function say() {
  const box = composer();
  const text = box.value.trim();
  if (!text) return;
  box.value = "";
  box.focus();
  unsaid.push({ id: `${Date.now()}-${Math.random().toString(36).slice(2)}`, handoff: box.dataset.handoff, text });
  keep();
  if (unsaid.length === 1) tell();
}

function tell() {
  clearTimeout(telling);
  if (!unsaid.length) return;
  emitEvent("say", unsaid[0]);
  telling = setTimeout(tell, AGAIN_AFTER);
}

function said(id) {
  take(id);
  tell();
}

// It cannot be said: the representative has their words back.
function refused(id) {
  const words = take(id);
  const box = composer();
  if (words && box) box.value = [words.text, box.value].filter(Boolean).join("\n");
  tell();
}

function take(id) {
  const at = unsaid.findIndex((words) => words.id === id);
  const [words] = at < 0 ? [] : unsaid.splice(at, 1);
  keep();
  return words;
}

function keep() {
  sessionStorage.setItem(KEPT, JSON.stringify(unsaid));
}

window.batonComposer = { say, said, refused };
