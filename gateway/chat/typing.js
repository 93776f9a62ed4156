/** Who is typing: shown for a few seconds after the last sign, and told at most every three. */

const SHOWN_FOR = 6_000;
const TOLD_EVERY = 3_000;
const line = document.getElementById("typing");
const typist = document.getElementById("typist");
let hiding;
let toldAt = 0;

export function shows({ name, role } = {}) {
  typist.textContent = `${role === "agent" ? name ?? "Your representative" : "The assistant"} is typing…`;
  line.hidden = false;
  clearTimeout(hiding);
  hiding = setTimeout(stops, SHOWN_FOR);
  document.getElementById("log").scrollTop = 1e9;
}

export function stops() {
  line.hidden = true;
}

/** Whether the customer's typing shall be told now. */
export function due(now = Date.now()) {
  if (now - toldAt < TOLD_EVERY) return false;
  toldAt = now;
  return true;
}
