/** Attachments: images, files, Hero cards, and the common part of Adaptive Cards. What is not known is told by name. */

import { link, rendered } from "./markdown.js";

/** An element for `attachment`; `reply({text} | {value})` is called when the customer answers by it. */
export function attachmentOf(attachment, reply) {
  const { contentType = "", contentUrl, content, name } = attachment;
  if (contentType.startsWith("image/") && contentUrl) return image(contentUrl, name);
  if (contentType.endsWith("card.adaptive")) return adaptive(content ?? {}, reply);
  if (contentType.includes("card.")) return hero(content ?? {}, reply);
  if (contentUrl) return wrapped("p", link(`📎 ${name ?? "File"}`, contentUrl));
  return wrapped("p", document.createTextNode(`(${name ?? contentType} cannot be shown here)`));
}

function hero({ title, subtitle, text, images = [], buttons = [] }, reply) {
  const card = make("div", "card");
  for (const { url } of images) card.append(image(url, title));
  if (title) card.append(textIn("h3", title));
  if (subtitle) card.append(textIn("p", subtitle));
  if (text) card.append(wrapped("div", rendered(text)));
  if (buttons.length) card.append(actions(buttons.map((button) => buttonOf(button, reply))));
  return card;
}

/** A button of Bot Framework's CardAction. */
export function buttonOf({ type, title, value }, reply) {
  if (type === "openUrl" || type === "call") {
    const made = link(title ?? value, value);
    return made;
  }
  const button = textIn("button", title ?? value);
  button.type = "button";
  button.onclick = () => reply(type === "postBack" ? { value, text: value } : { text: value ?? title });
  return button;
}

function adaptive({ body = [], actions: offered = [] }, reply) {
  const card = make("form", "card");
  card.append(...body.flatMap(partOf));
  const buttons = offered.map((action) => {
    if (action.type === "Action.OpenUrl") return link(action.title, action.url);
    const button = textIn("button", action.title ?? "Submit");
    button.onclick = () => (card.submitted = action);
    return button;
  });
  if (buttons.length) card.append(actions(buttons));
  card.onsubmit = (event) => {
    event.preventDefault();
    const filled = Object.fromEntries(new FormData(card));
    const data = typeof card.submitted?.data === "object" ? card.submitted.data : {};
    reply({ value: { ...data, ...filled } });
    for (const control of card.elements) control.disabled = true;
  };
  return card;
}

function partOf(part) {
  switch (part.type) {
    case "TextBlock":
      return [wrapped(part.weight === "Bolder" || part.size === "Large" ? "h3" : "div", rendered(part.text ?? ""))];
    case "Image":
      return [image(part.url, part.altText)];
    case "Container":
    case "Column":
      return (part.items ?? []).flatMap(partOf);
    case "ColumnSet":
      return (part.columns ?? []).flatMap(partOf);
    case "FactSet":
      return (part.facts ?? []).map((fact) => textIn("p", `${fact.title} ${fact.value}`));
    case "Input.ChoiceSet":
      return [labelled(part, choiceSet(part))];
    case "Input.Text":
    case "Input.Number":
    case "Input.Date":
    case "Input.Time":
      return [labelled(part, input(part))];
    case "Input.Toggle":
      return [labelled({ ...part, label: part.title }, input({ ...part, checkbox: true }))];
    default:
      return part.fallback?.type ? partOf(part.fallback) : [];
  }
}

function input(part) {
  const control = make("input");
  control.name = part.id;
  control.type = part.checkbox ? "checkbox" : { "Input.Number": "number", "Input.Date": "date", "Input.Time": "time" }[part.type] ?? "text";
  control.placeholder = part.placeholder ?? "";
  if (part.value && !part.checkbox) control.value = part.value;
  control.required = Boolean(part.isRequired);
  return control;
}

function choiceSet(part) {
  const select = make("select");
  select.name = part.id;
  for (const choice of part.choices ?? []) select.append(new Option(choice.title, choice.value));
  if (part.value) select.value = part.value;
  return select;
}

function labelled(part, control) {
  const label = make("label");
  label.append(part.label ?? part.placeholder ?? part.id ?? "", control);
  return label;
}

function actions(buttons) {
  const row = make("div", "actions");
  row.append(...buttons);
  return row;
}

function image(url, name) {
  if (!/^(https?:|data:image\/|\/)/i.test(url)) return textIn("p", name ?? "(image)");
  const made = make("img");
  Object.assign(made, { src: url, alt: name ?? "", loading: "lazy" });
  return made;
}

function wrapped(name, child) {
  const made = make(name);
  made.append(child);
  return made;
}

function textIn(name, text) {
  const made = make(name);
  made.textContent = text;
  return made;
}

function make(name, className) {
  const made = document.createElement(name);
  if (className) made.className = className;
  return made;
}
