/** The conversation as it is read: bubbles, system lines, and what has not been sent yet. */

import { settle } from "./adaptive.js";
import { attachmentOf } from "./cards.js";
import { rendered } from "./markdown.js";

const list = document.getElementById("messages");
const scroller = document.getElementById("log");

export class Log {
  /** `reply` is called when a card is answered, `retry(id)` when an unsent message shall be sent again. */
  constructor({ reply, retry }) {
    Object.assign(this, { reply, retry, pending: new Map(), day: "", speaker: "" });
  }

  /** Show one activity of the conversation. The echo of an own message takes the place of its bubble. */
  show(activity) {
    const key = activity.channelData?.clientActivityID;
    const notice = activity.channelData?.baton?.notice;
    if (key && this.pending.has(key)) return this.confirmed(key, activity);
    if (activity.type !== "message") return undefined;
    if (activity.from?.role === "user") this.settleCards(activity.value);
    // What a card submits has no words: the card itself shows it.
    if (!activity.text && !activity.attachments?.length) return undefined;
    this.dayLine(activity.timestamp);
    return this.append(notice ? this.noticeOf(activity, notice) : this.bubbleOf(activity));
  }

  /** Show an own message that is on its way. */
  sending(key, text, file) {
    const item = this.bubbleOf({ from: { role: "user" }, text, attachments: file ? [{ contentType: "", name: file.name }] : [] });
    if (file) item.querySelector(".bubble").replaceChildren(`📎 ${file.name}`);
    item.classList.add("sending");
    item.querySelector(".meta").textContent = "Sending…";
    this.pending.set(key, item);
    this.append(item);
  }

  /** It was sent: the server has it. */
  sent(key) {
    const item = this.pending.get(key);
    if (!item || item.dataset.confirmed) return;
    item.classList.remove("sending", "failed");
    item.querySelector(".meta").textContent = "Sent";
  }

  /** It was not sent; `why` is said beside a button that tries again. */
  failed(key, why, again = true) {
    const item = this.pending.get(key);
    if (!item) return;
    item.classList.remove("sending");
    item.classList.add("failed");
    const meta = item.querySelector(".meta");
    meta.textContent = `Not sent. ${why} `;
    if (!again) return;
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = "Retry";
    button.onclick = () => this.retry(key);
    meta.append(button);
  }

  /** It is tried again. */
  resending(key) {
    const item = this.pending.get(key);
    if (!item) return;
    item.classList.replace("failed", "sending");
    item.querySelector(".meta").textContent = "Sending…";
  }

  /** A card that was answered, or passed over, takes no more. */
  settleCards(value) {
    const filled = value && typeof value === "object" ? value : {};
    for (const card of list.querySelectorAll("form.card:not(.answered)")) settle(card, filled);
  }

  clear() {
    list.replaceChildren();
    this.pending.clear();
    this.day = this.speaker = "";
  }

  confirmed(key, activity) {
    const item = this.pending.get(key);
    this.pending.delete(key);
    item.dataset.confirmed = "yes";
    item.classList.remove("sending", "failed");
    item.querySelector(".meta").textContent = timeOf(activity.timestamp);
    if (activity.attachments?.length) this.fill(item.querySelector(".bubble"), activity);
    // What the log put between has been said before: the bubble moves to where the log has it.
    list.append(item);
    this.toEnd();
    return item;
  }

  bubbleOf(activity) {
    const role = activity.from?.role ?? "bot";
    const mine = role === "user";
    const item = document.createElement("li");
    item.className = `message ${mine ? "mine" : role === "agent" ? "human" : "bot"}`;
    const name = mine ? "" : activity.from?.name ?? (role === "agent" ? "Representative" : "Assistant");
    if (name && this.speaker !== name) item.append(nameLine(name, role === "agent"));
    this.speaker = name;
    const bubble = document.createElement("div");
    bubble.className = "bubble";
    this.fill(bubble, activity);
    const meta = document.createElement("div");
    meta.className = "meta";
    meta.textContent = timeOf(activity.timestamp);
    item.append(bubble, meta);
    return item;
  }

  fill(bubble, activity) {
    bubble.replaceChildren();
    if (activity.text) bubble.append(rendered(activity.text, activity.from?.role === "user" || activity.textFormat === "plain"));
    for (const attachment of activity.attachments ?? []) bubble.append(attachmentOf(attachment, this.reply));
  }

  noticeOf(activity, notice) {
    this.speaker = "";
    const item = document.createElement("li");
    item.className = `notice ${notice}`;
    item.textContent = activity.text;
    return item;
  }

  dayLine(timestamp) {
    const day = new Date(timestamp ?? Date.now()).toLocaleDateString(undefined, { weekday: "long", month: "long", day: "numeric" });
    if (day === this.day) return;
    this.day = day;
    const item = document.createElement("li");
    item.className = "day";
    item.textContent = day;
    list.append(item);
  }

  append(item) {
    list.append(item);
    this.toEnd();
    return item;
  }

  toEnd() {
    requestAnimationFrame(() => (scroller.scrollTop = scroller.scrollHeight));
  }
}

/** At most two letters for a name. */
export function initials(name) {
  return name.split(/\s+/).slice(0, 2).map((part) => part[0] ?? "").join("").toUpperCase();
}

function nameLine(name, human) {
  const line = document.createElement("div");
  line.className = "name";
  const avatar = document.createElement("span");
  avatar.className = `avatar${human ? " human" : ""}`;
  avatar.setAttribute("aria-hidden", "true");
  avatar.textContent = initials(name);
  line.append(avatar, name);
  return line;
}

function timeOf(timestamp) {
  return timestamp ? new Date(timestamp).toLocaleTimeString(undefined, { hour: "2-digit", minute: "2-digit" }) : "";
}
