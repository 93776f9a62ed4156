/** Adaptive Cards (adaptivecards.io, version 1.6 without Media and charts): what they show, and what they submit. */

import { image, make, markdownIn, textIn } from "./elements.js";
import { inputOf, missing, valuesOf } from "./inputs.js";
import { link } from "./markdown.js";

/** The card as a form; `reply({value} | {text})` is called when it is submitted. */
export function adaptive(content, reply) {
  const card = make("form", "card adaptive");
  card.noValidate = true;
  card.append(...partsOf(content.body, card), ...actionsOf(content.actions, card));
  if (!card.childNodes.length) card.append(textIn("p", content.fallbackText ?? "(an empty card)"));
  card.onsubmit = (event) => {
    event.preventDefault();
    submit(card, event.submitter?.action ?? onlySubmit(content), reply);
  };
  return card;
}

/** The card has been answered, now or before the page was loaded: it shows `value`, and takes no more. */
export function settle(card, value = {}) {
  card.classList.add("answered");
  for (const control of card.elements) {
    control.disabled = true;
    if (!control.name || !(control.name in value)) continue;
    const said = String(value[control.name]);
    if (control.type === "radio" || control.type === "checkbox") control.checked = said.split(",").includes(control.value);
    else control.value = said;
  }
}

/** What was submitted did not arrive: the card can be submitted again. */
export function unsettle(card) {
  card.classList.remove("answered");
  for (const control of card.elements) control.disabled = false;
}

function submit(card, action = {}, reply) {
  const withInputs = action.associatedInputs !== "none";
  if (withInputs && missing(card)) return;
  const value = withInputs ? valuesOf(card) : {};
  settle(card, value);
  reply(typeof action.data === "string" ? { text: action.data } : { value: { ...action.data, ...value }, card });
}

function onlySubmit({ actions = [], body = [] }) {
  const inside = body.filter((part) => part.type === "ActionSet").flatMap((part) => part.actions ?? []);
  return [...actions, ...inside].find((action) => action.type === "Action.Submit");
}

function partsOf(parts = [], card) {
  return parts.flatMap((part) => {
    const made = partOf(part, card);
    for (const [place, element] of made.entries()) {
      if (part.id && !place) element.dataset.part = part.id;
      if (part.isVisible === false) element.hidden = true;
      if (part.separator && !place) element.classList.add("separated");
    }
    return made;
  });
}

function partOf(part, card) {
  const kind = part.type ?? "";
  if (kind.startsWith("Input.")) return inputOf(part);
  switch (kind) {
    case "TextBlock":
      return [styled(markdownIn(isTitle(part) ? "h3" : "div", part.text), part)];
    case "RichTextBlock":
      return [styled(textIn("div", (part.inlines ?? []).map((inline) => inline.text ?? inline).join("")), part)];
    case "Image":
      return [sized(image(part.url, part.altText), part)];
    case "ImageSet":
      return [boxOf("images", (part.images ?? []).map((each) => sized(image(each.url, each.altText), part)))];
    case "Container":
      return [boxOf(`container ${styleOf(part)}`, partsOf(part.items, card))];
    case "ColumnSet":
      return [boxOf("columns", (part.columns ?? []).map((column) => columnOf(column, card)))];
    case "FactSet":
      return [facts(part.facts ?? [])];
    case "Table":
      return [table(part, card)];
    case "ActionSet":
      return actionsOf(part.actions, card);
    default:
      if (part.fallback?.type) return partOf(part.fallback, card);
      return part.fallback === "drop" || !kind ? [] : [textIn("p", `(${kind} cannot be shown here)`)];
  }
}

function isTitle({ style, weight, size }) {
  return style === "heading" || weight === "Bolder" || ["Large", "ExtraLarge"].includes(size);
}

function styled(element, { isSubtle, color, horizontalAlignment, size, fontType }) {
  if (isSubtle) element.classList.add("subtle");
  if (color && color !== "Default") element.classList.add(color.toLowerCase());
  if (size === "Small") element.classList.add("small");
  if (fontType === "Monospace") element.classList.add("monospace");
  if (["Center", "Right"].includes(horizontalAlignment)) element.style.textAlign = horizontalAlignment.toLowerCase();
  return element;
}

function styleOf({ style = "" }) {
  return ["emphasis", "good", "attention", "warning", "accent"].includes(style) ? style : "";
}

function sized(element, { size, imageSize, style }) {
  element.classList.add(`size-${(size ?? imageSize ?? "auto").toLowerCase()}`);
  if (style?.toLowerCase() === "person") element.classList.add("person");
  return element;
}

function boxOf(className, children) {
  const made = make("div", className.trim());
  made.append(...children);
  return made;
}

function columnOf(column, card) {
  const made = boxOf(`column ${styleOf(column)}`, partsOf(column.items, card));
  const width = column.width ?? "stretch";
  const weight = Number(width);
  made.style.flex = width === "auto" ? "0 1 auto" : /px$/.test(width) ? `0 1 ${width}` : `${weight > 0 ? weight : 1} 1 0`;
  return made;
}

function facts(list) {
  const made = make("dl");
  for (const { title, value } of list) made.append(textIn("dt", title ?? ""), markdownIn("dd", value));
  return made;
}

function table({ rows = [], firstRowAsHeader = true }, card) {
  const made = make("table");
  for (const [number, { cells = [] }] of rows.entries()) {
    const row = make("tr");
    for (const cell of cells) {
      const made_ = make(firstRowAsHeader && !number ? "th" : "td");
      made_.append(...partsOf(cell.items, card));
      row.append(made_);
    }
    made.append(row);
  }
  return boxOf("table", [made]);
}

function actionsOf(offered = [], card) {
  if (!offered.length) return [];
  const row = make("div", "actions");
  const opened = offered.filter((action) => action.type === "Action.ShowCard").map((action) => shown(action, card, row));
  for (const action of offered) if (action.type !== "Action.ShowCard") row.append(actionOf(action, card));
  return [row, ...opened];
}

function actionOf(action, card) {
  if (action.type === "Action.OpenUrl") return link(action.title ?? action.url, action.url);
  const button = textIn("button", action.title ?? "Submit");
  if (["positive", "destructive"].includes(action.style)) button.classList.add(action.style);
  if (action.type === "Action.ToggleVisibility") {
    button.type = "button";
    button.onclick = () => toggle(card, action.targetElements ?? []);
  } else {
    button.action = action;
  }
  return button;
}

function shown(action, card, row) {
  const inner = boxOf("shown", [...partsOf(action.card?.body, card), ...actionsOf(action.card?.actions, card)]);
  inner.hidden = true;
  const button = textIn("button", action.title ?? "More");
  Object.assign(button, { type: "button", onclick: () => button.setAttribute("aria-expanded", String(!(inner.hidden = !inner.hidden))) });
  button.setAttribute("aria-expanded", "false");
  row.append(button);
  return inner;
}

function toggle(card, targets) {
  for (const target of targets) {
    const name = target.elementId ?? target;
    for (const element of card.querySelectorAll("[data-part]")) {
      if (element.dataset.part === name) element.hidden = target.isVisible === undefined ? !element.hidden : !target.isVisible;
    }
  }
}
