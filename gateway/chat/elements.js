/** Small elements that cards are made of. */

import { rendered } from "./markdown.js";

export function make(name, className) {
  const made = document.createElement(name);
  if (className) made.className = className;
  return made;
}

export function textIn(name, text) {
  const made = make(name);
  made.textContent = text;
  return made;
}

export function wrapped(name, ...children) {
  const made = make(name);
  made.append(...children);
  return made;
}

export function markdownIn(name, text) {
  return wrapped(name, rendered(text ?? ""));
}

export function image(url = "", name = "") {
  if (!/^(https?:|data:image\/|\/)/i.test(url)) return textIn("p", name || "(image)");
  const made = make("img");
  Object.assign(made, { src: url, alt: name, loading: "lazy" });
  return made;
}
