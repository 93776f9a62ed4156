/** What the customer has written and the server does not have yet: what is begun, and what is on its way.
 *
 *  Words outlive a reload, which phones do by themselves to a page that was out of sight for long; files do not. */

const KEY = `baton-unsent:${new URLSearchParams(location.search).get("agent") ?? ""}`;

export class Unsent {
  constructor() {
    this.messages = new Map();
    const { draft = "", messages = [] } = read();
    Object.assign(this, { draft, kept: messages });
  }

  /** The messages of this conversation that were on their way when the page was left, once. The words of those for
   *  another one, which is over, are as good as begun: the customer decides. */
  takeUp(conversation) {
    const isMine = (each) => (each.conversation ?? conversation) === conversation;
    const [mine, others] = [this.kept.filter(isMine), this.kept.filter((each) => !isMine(each))];
    this.kept = [];
    this.draft = [...others.map(({ text }) => text), this.draft].filter(Boolean).join("\n");
    for (const { key, ...message } of mine) this.messages.set(key, message);
    this.write();
    return mine;
  }

  begin(draft) {
    this.draft = draft;
    this.write();
  }

  get(key) {
    return this.messages.get(key);
  }

  /** The ids of the messages that found no connection, in order. */
  failed() {
    return [...this.messages].filter(([, { failed }]) => failed).map(([key]) => key);
  }

  add(key, message) {
    this.messages.set(key, message);
    this.write();
  }

  delete(key) {
    if (this.messages.delete(key)) this.write();
  }

  clear() {
    this.messages.clear();
    this.write();
  }

  write() {
    const words = [...this.messages].filter(([, { file }]) => !file);
    const messages = words.map(([key, { text, value, conversation }]) => ({ key, text, value, conversation }));
    try {
      sessionStorage.setItem(KEY, JSON.stringify({ draft: this.draft, messages: [...this.kept, ...messages] }));
    } catch {
      // A browser that keeps nothing still chats; it only forgets on reload.
    }
  }
}

function read() {
  try {
    return JSON.parse(sessionStorage.getItem(KEY)) ?? {};
  } catch {
    return {};
  }
}
