/** The page: what the customer does goes out, what the conversation says comes in. */

import { unsettle } from "./adaptive.js";
import { buttonOf } from "./cards.js";
import { DirectLine, RequestFailed } from "./directline.js";
import { Log } from "./log.js";
import { Status } from "./status.js";
import * as typing from "./typing.js";
import { Unsent } from "./unsent.js";

const element = (id) => document.getElementById(id);
const text = element("text");
const unsent = new Unsent();
const status = new Status();
const log = new Log({ reply: (answer) => send(answer), retry: (key) => again(key) });
let line;

function begin() {
  line = new DirectLine({ onActivities: (activities) => activities.forEach(take), onLink });
  onLink("connecting", true);
  open();
}

async function open(delay = 500) {
  try {
    await line.open();
    element("banner").hidden = true;
    goOn();
  } catch (error) {
    tell(error instanceof RequestFailed && error.status < 500 ? error.message : "The service cannot be reached. Trying again…");
    setTimeout(() => open(Math.min(delay * 2, 15_000)), delay);
  }
}

/** What was on its way when the page was left is sent again: what has arrived has no second effect. */
async function goOn() {
  const messages = unsent.takeUp(line.conversation);
  if (text.value !== unsent.draft) write(unsent.draft);
  for (const { key, text: said } of messages) if (said) log.sending(key, said);
  for (const { key } of messages) await deliver(key);
}

function take(activity) {
  if (activity.type === "typing") return typing.shows(activity.from);
  if (activity.type === "event" && activity.name === "handoff.status") return status.take(activity.value ?? {});
  if (activity.type === "endOfConversation") return status.ended();
  if (activity.type !== "message") return undefined;
  if (activity.from?.role !== "user") {
    typing.stops();
    if (activity.from?.role === "bot" && activity.from.name) status.assistant(activity.from.name);
  }
  unsent.delete(activity.channelData?.clientActivityID);
  log.show(activity);
  return suggest(activity.suggestedActions?.actions ?? []);
}

function suggest(actions) {
  element("suggestions").replaceChildren(...actions.map((action) => buttonOf(action, (answer) => send(answer))));
}

function send({ text: said, value, file, card }) {
  const key = crypto.randomUUID?.() ?? `${Date.now()}-${Math.random()}`;
  unsent.add(key, { text: said, value, file, card, conversation: line.conversation });
  if (said || file) log.sending(key, said ?? "", file);
  suggest([]);
  return deliver(key);
}

async function deliver(key) {
  const message = unsent.get(key);
  if (!message) return;
  message.failed = false;
  try {
    if (message.file) await line.upload(message.file, key);
    else await line.say({ type: "message", text: message.text, value: message.value, locale: navigator.language, channelData: { clientActivityID: key } });
    log.sent(key);
  } catch (error) {
    const refused = error instanceof RequestFailed && error.status < 500;
    const why = refused ? error.message : "There is no connection.";
    message.failed = true;
    log.failed(key, why, !refused);
    // Of a card the customer has their answers back, to send them once more.
    if (refused || message.card) unsent.delete(key);
    if (message.card) {
      unsettle(message.card);
      tell(`Not sent. ${why}`);
    }
    if (error.code === "ConversationEnded") status.ended();
  }
}

function again(key) {
  log.resending(key);
  return deliver(key);
}

async function sendWhatFailed() {
  for (const key of unsent.failed()) await again(key);
}

function onLink(link, quietly = false) {
  if (link === "online") {
    element("banner").hidden = true;
    sendWhatFailed();
  } else if (!quietly) tell(navigator.onLine ? "Connecting again…" : "You are offline. Your messages are kept here.");
}

function tell(words) {
  element("banner").textContent = words;
  element("banner").hidden = false;
}

element("composer").addEventListener("submit", (event) => {
  event.preventDefault();
  const said = text.value.trim();
  if (!said) return;
  write("");
  send({ text: said });
});

text.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  element("composer").requestSubmit();
});

text.addEventListener("input", () => {
  unsent.begin(text.value);
  grow();
  if (status.live && text.value && typing.due()) line.say({ type: "typing" }).catch(() => {});
});

function write(words) {
  text.value = words;
  unsent.begin(words);
  grow();
}

function grow() {
  text.style.height = "auto";
  text.style.height = `${text.scrollHeight}px`;
}

element("file").addEventListener("change", ({ target }) => {
  const [file] = target.files;
  if (file) send({ file });
  target.value = "";
});

element("cancel").addEventListener("click", () => {
  line.say({ type: "event", name: "handoff.cancel", channelData: { clientActivityID: `cancel-${Date.now()}` } }).catch((error) => tell(error.message));
});

element("again").addEventListener("click", () => {
  line.leave();
  unsent.clear();
  log.clear();
  status.reset();
  begin();
  text.focus();
});

addEventListener("offline", () => onLink("connecting"));
write(unsent.draft);
begin();
text.focus({ preventScroll: true });
