/** The part of Markdown that messages use, made into elements. Text becomes text nodes only: nothing that anybody
 *  writes is ever read as HTML. */

const INLINE = /(\*\*[^*\n]+\*\*|`[^`\n]+`|\[[^\]\n]+\]\([^)\s]+\)|https?:\/\/[^\s<>"')]+|\*[^*\s][^*\n]*\*)/;

/** Elements for `text`; with `plain`, only its lines are kept. */
export function rendered(text, plain = false) {
  const fragment = document.createDocumentFragment();
  for (const block of text.trim().split(/\n{2,}/)) {
    const lines = block.split("\n");
    const list = !plain && lines.every((line) => /^\s*([-*]|\d+[.)])\s+/.test(line));
    fragment.append(list ? listOf(lines) : paragraphOf(lines, plain));
  }
  return fragment;
}

function listOf(lines) {
  const list = document.createElement(/^\s*\d/.test(lines[0]) ? "ol" : "ul");
  for (const line of lines) {
    const item = document.createElement("li");
    inline(item, line.replace(/^\s*([-*]|\d+[.)])\s+/, ""));
    list.append(item);
  }
  return list;
}

function paragraphOf(lines, plain) {
  const paragraph = document.createElement("p");
  lines.forEach((line, number) => {
    if (number) paragraph.append(document.createElement("br"));
    if (plain) paragraph.append(line);
    else inline(paragraph, line.replace(/^#{1,4}\s+/, ""));
  });
  return paragraph;
}

function inline(parent, text) {
  for (const part of text.split(INLINE)) {
    if (part) parent.append(INLINE.test(part) ? marked(part) : part);
  }
}

function marked(part) {
  if (part.startsWith("**")) return element("strong", part.slice(2, -2));
  if (part.startsWith("`")) return element("code", part.slice(1, -1));
  if (part.startsWith("[")) {
    const [, title, url] = part.match(/^\[([^\]]+)\]\(([^)]+)\)$/);
    return link(title, url);
  }
  return part.startsWith("*") ? element("em", part.slice(1, -1)) : link(part, part);
}

function element(name, text) {
  const made = document.createElement(name);
  made.textContent = text;
  return made;
}

/** A link that leads to the web or to a mail program, and nowhere else. */
export function link(title, url) {
  if (!/^(https?:|mailto:|tel:|\/)/i.test(url)) return document.createTextNode(title);
  const made = element("a", title);
  Object.assign(made, { href: url, target: "_blank", rel: "noopener noreferrer" });
  return made;
}
