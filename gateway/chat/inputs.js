/** The inputs of Adaptive Cards: how they are filled in, what they say, and what is missing. */

import { make, textIn } from "./elements.js";

const TYPES = { "Input.Number": "number", "Input.Date": "date", "Input.Time": "time" };
const STYLES = { email: "email", url: "url", tel: "tel", password: "password" };
let count = 0;

/** The elements of one input, label and message included. */
export function inputOf(part) {
  const field = make("div", "field");
  const controls = part.type === "Input.ChoiceSet" ? choiceSet(part) : [part.type === "Input.Toggle" ? toggle(part) : control(part)];
  const label = part.type === "Input.Toggle" ? part.title : part.label;
  if (controls.length === 1 && part.type !== "Input.Toggle") field.append(labelFor(controls[0], label ?? part.placeholder ?? part.id), controls[0]);
  else if (part.type === "Input.Toggle") field.append(choice(controls[0], label));
  else field.append(group(label, controls.map(([made, title]) => choice(made, title))));
  const told = textIn("p", part.errorMessage ?? "This is needed.");
  told.className = "missing";
  told.hidden = true;
  field.append(told);
  field.dataset.required = part.isRequired ? "yes" : "";
  return [field];
}

/** What the form says, as an Adaptive Card submits it: text by input id; several choices between commas. */
export function valuesOf(card) {
  const values = {};
  for (const made of card.elements) {
    if (!made.name) continue;
    if (made.type === "checkbox" && made.dataset.off !== undefined) values[made.name] = made.checked ? made.value : made.dataset.off;
    else if (made.type !== "radio" && made.type !== "checkbox") values[made.name] = made.value;
    else if (made.checked) values[made.name] = values[made.name] ? `${values[made.name]},${made.value}` : made.value;
    else values[made.name] ??= "";
  }
  return values;
}

/** Whether something is missing or wrong; it is told beside its field, and the first one gets the focus. */
export function missing(card) {
  const values = valuesOf(card);
  const wrong = [...card.querySelectorAll(".field")].filter((field) => {
    const [first] = field.querySelectorAll("[name]");
    const empty = !values[first.name] || (first.dataset.off !== undefined && values[first.name] === first.dataset.off);
    const bad = field.closest("[hidden]") === null && ((field.dataset.required && empty) || (values[first.name] && !first.checkValidity()));
    field.querySelector(".missing").hidden = !bad;
    first.setAttribute("aria-invalid", String(Boolean(bad)));
    return bad;
  });
  wrong[0]?.querySelector("[name]").focus();
  return wrong.length > 0;
}

function control(part) {
  const made = make(part.isMultiline ? "textarea" : "input");
  if (!part.isMultiline) made.type = TYPES[part.type] ?? STYLES[part.style?.toLowerCase()] ?? "text";
  if (made.type === "number") made.step = "any";
  for (const name of ["placeholder", "min", "max", "maxLength"]) if (part[name] !== undefined) made[name] = part[name];
  if (part.regex && !part.isMultiline) made.pattern = part.regex;
  return named(made, part, part.value ?? "");
}

function toggle(part) {
  const made = make("input");
  made.type = "checkbox";
  made.dataset.off = part.valueOff ?? "false";
  named(made, part, part.valueOn ?? "true");
  made.checked = part.value !== undefined && String(part.value) === made.value;
  return made;
}

function choiceSet(part) {
  const chosen = String(part.value ?? "").split(",");
  if (part.style === "expanded" || part.isMultiSelect) {
    return (part.choices ?? []).map(({ title, value }) => {
      const made = named(make("input"), part, value);
      made.type = part.isMultiSelect ? "checkbox" : "radio";
      made.checked = chosen.includes(String(value));
      return [made, title];
    });
  }
  const select = make("select");
  if (!part.value) select.append(new Option(part.placeholder ?? "Choose…", ""));
  for (const { title, value } of part.choices ?? []) select.append(new Option(title, value));
  return [named(select, part, part.value ?? "")];
}

function named(made, part, value) {
  made.name = part.id ?? "";
  made.id = `input-${(count += 1)}`;
  made.value = value;
  return made;
}

function labelFor(made, text) {
  const label = textIn("label", text ?? "");
  label.htmlFor = made.id;
  return label;
}

function choice(made, title) {
  const row = make("div", "choice");
  row.append(made, labelFor(made, title));
  return row;
}

function group(label, rows) {
  const made = make("fieldset");
  if (label) made.append(textIn("legend", label));
  made.append(...rows);
  return made;
}
