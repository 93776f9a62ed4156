/** Direct Line 3.0 of this page's own server: one conversation, its token kept fresh, its stream kept open.
 *
 *  `onActivities(activities)` gets each activity of the log once and in order, and typing as it comes.
 *  `onLink("online" | "connecting")` tells whether the stream is open. */

import { forget, remember, remembered } from "./memory.js";

const BASE = new URL("../v3/directline/", new URL("./", location.href));
const FIRST_DELAY = 300;
const LONGEST_DELAY = 15_000;
/** The server sends something every twenty seconds: a stream that is silent for longer is lost, whatever the browser
 *  says of it, as after a phone has changed its network. */
const SILENT_FOR = 45_000;

export class RequestFailed extends Error {
  constructor(status, code, message) {
    super(message);
    Object.assign(this, { status, code });
  }
}

export class DirectLine {
  constructor({ onActivities, onLink }) {
    Object.assign(this, { onActivities, onLink, watermark: 0, delay: FIRST_DELAY, closed: false, heardAt: 0 });
    addEventListener("online", () => {
      this.drop();
      this.reconnectNow();
    });
    document.addEventListener("visibilitychange", () => document.hidden || this.reconnectNow());
  }

  /** Go on with the remembered conversation, or begin one. */
  async open() {
    const { token } = remembered();
    const kept = token ? await this.resumed(token) : null;
    await this.take(kept ?? (await this.post("../../chat/token", this.wanted(), false)));
    const started = await this.post("conversations", { locale: navigator.language });
    this.connect(started.streamUrl);
  }

  /** Forget the conversation; the next `open` begins another. */
  leave() {
    this.closed = true;
    this.drop();
    clearTimeout(this.refreshing);
    forget();
  }

  /** Post an activity. With the same clientActivityID it may be posted again: it has one effect. */
  async say(activity) {
    const path = `conversations/${this.conversation}/activities`;
    return this.withFreshToken(() => this.post(path, { ...activity, from: { id: this.user } }));
  }

  /** Send a file with a message's id. */
  async upload(file, clientActivityID) {
    const form = new FormData();
    const activity = { type: "message", from: { id: this.user }, channelData: { clientActivityID } };
    form.append("activity", new Blob([JSON.stringify(activity)], { type: "application/vnd.microsoft.activity" }));
    form.append("file", file, file.name);
    return this.withFreshToken(() => this.fetch(`conversations/${this.conversation}/upload`, { method: "POST", body: form }));
  }

  wanted() {
    const agent = new URLSearchParams(location.search).get("agent");
    return agent ? { agent } : {};
  }

  async resumed(token) {
    try {
      return await this.post("../../chat/token", { resume: token }, false);
    } catch (error) {
      if (error instanceof RequestFailed && error.status < 500) return null;
      throw error;
    }
  }

  async take({ token, conversationId, expires_in, userId }) {
    this.token = token;
    this.conversation = conversationId ?? this.conversation;
    this.user = userId ?? this.user;
    remember({ token });
    clearTimeout(this.refreshing);
    // At half its life, so that one that fails is tried again before it ends.
    this.refreshing = setTimeout(() => this.refresh().catch(() => {}), (expires_in * 1000) / 2);
  }

  async refresh() {
    const fresh = await this.resumed(this.token);
    if (fresh) await this.take(fresh);
    return Boolean(fresh);
  }

  async withFreshToken(call) {
    try {
      return await call();
    } catch (error) {
      if (error.code !== "TokenExpired" || !(await this.refresh())) throw error;
      return call();
    }
  }

  connect(url) {
    if (this.closed) return;
    this.drop();
    const socket = (this.socket = new WebSocket(url));
    socket.onopen = () => {
      this.delay = FIRST_DELAY;
      this.hear();
      this.onLink("online");
    };
    socket.onmessage = ({ data }) => {
      if (this.socket !== socket) return;
      this.hear();
      if (data) this.receive(JSON.parse(data));
    };
    socket.onclose = () => this.socket === socket && this.reconnectLater();
  }

  /** The stream lives. */
  hear() {
    this.heardAt = Date.now();
    clearTimeout(this.silence);
    this.silence = setTimeout(() => {
      this.drop();
      this.reconnectLater();
    }, SILENT_FOR);
  }

  /** Let go of the stream, which may be lost without having noticed. */
  drop() {
    const socket = this.socket;
    this.socket = null;
    clearTimeout(this.silence);
    socket?.close();
  }

  receive({ activities = [], watermark }) {
    const news = activities.filter((activity) => !activity.id || numberOf(activity) > this.watermark);
    for (const activity of news) if (activity.id) this.watermark = Math.max(this.watermark, numberOf(activity));
    if (watermark) this.watermark = Math.max(this.watermark, Number(watermark));
    if (news.length) this.onActivities(news);
  }

  reconnectLater() {
    if (this.closed) return;
    this.onLink("connecting");
    clearTimeout(this.waiting);
    this.waiting = setTimeout(() => this.reconnect(), this.delay * (0.75 + Math.random() / 2));
    this.delay = Math.min(this.delay * 2, LONGEST_DELAY);
  }

  /** The network is back, or the laptop open again: do not wait for the next try. */
  reconnectNow() {
    const lives = this.socket?.readyState === WebSocket.OPEN && Date.now() - this.heardAt < SILENT_FOR;
    if (this.closed || !this.token || lives) return;
    clearTimeout(this.waiting);
    this.reconnect();
  }

  async reconnect() {
    try {
      const path = `conversations/${this.conversation}?watermark=${this.watermark || ""}`;
      const { streamUrl } = await this.withFreshToken(() => this.fetch(path));
      this.connect(streamUrl);
    } catch {
      this.reconnectLater();
    }
  }

  post(path, body, authorized = true) {
    return this.fetch(path, { method: "POST", body: JSON.stringify(body), headers: { "Content-Type": "application/json" } }, authorized);
  }

  async fetch(path, options = {}, authorized = true) {
    const headers = { ...options.headers, ...(authorized ? { Authorization: `Bearer ${this.token}` } : {}) };
    const answer = await fetch(new URL(path, BASE), { ...options, headers });
    if (answer.ok) return answer.status === 204 ? {} : answer.json();
    const { error = {} } = await answer.json().catch(() => ({}));
    throw new RequestFailed(answer.status, error.code, error.message ?? `The server answered ${answer.status}.`);
  }
}

function numberOf(activity) {
  return Number(activity.id.split("|")[1] ?? 0);
}
