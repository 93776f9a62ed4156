/** Who the customer is talking to, told by the `handoff.status` events of the conversation. */

import { initials } from "./log.js";

const element = (id) => document.getElementById(id);
const WORDS = {
  agent: () => "Virtual assistant",
  waiting: () => "Finding someone for you…",
  queued: ({ position, wait }) => ["In the queue", position && `place ${position}`, wait && about(wait)].filter(Boolean).join(" · "),
  live: ({ name }) => `Talking with ${name ?? "a representative"}`,
  ended: () => "Ended",
};
const PHASES = { waiting: "waiting", queued: "queued", transferred: "queued", accepted: "live", returned: "agent", failed: "agent", completed: "ended" };

export class Status {
  constructor() {
    this.phase = "agent";
    this.draw({});
  }

  get live() {
    return this.phase === "live";
  }

  /** Take what a `handoff.status` event says. */
  take({ state, position, estimatedWaitSeconds, agent }) {
    this.phase = PHASES[state] ?? this.phase;
    this.draw({ position, wait: estimatedWaitSeconds, name: agent?.name });
  }

  /** The assistant's name, as its first message says it. */
  assistant(name) {
    this.bot = name;
    if (this.phase === "agent") this.draw({});
  }

  ended() {
    this.phase = "ended";
    this.draw({});
    this.overIs(true);
  }

  reset() {
    this.phase = "agent";
    this.draw({});
    this.overIs(false);
  }

  overIs(over) {
    element("over").hidden = !over;
    element("composer").hidden = over;
    element("suggestions").hidden = over;
  }

  draw(details) {
    const line = element("state");
    line.dataset.phase = this.phase;
    line.textContent = WORDS[this.phase](details);
    const human = this.phase === "live" && (details.name ?? "Representative");
    element("title").textContent = human || this.bot || "Support";
    element("avatar").textContent = initials(human || this.bot || "Baton");
    element("avatar").classList.toggle("human", Boolean(human));
    element("cancel").hidden = !["waiting", "queued"].includes(this.phase);
  }
}

function about(seconds) {
  return seconds < 60 ? "less than a minute" : `about ${Math.round(seconds / 60)} min`;
}
