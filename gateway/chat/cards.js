/** Attachments: images, files, Hero cards and Adaptive Cards. What is not known is told by name. */

import { adaptive } from "./adaptive.js";
import { image, make, markdownIn, textIn, wrapped } from "./elements.js";
import { link } from "./markdown.js";

/** An element for `attachment`; `reply({text} | {value})` is called when the customer answers by it. */
export function attachmentOf(attachment, reply) {
  const { contentType = "", contentUrl, content, name } = attachment;
  if (contentType.startsWith("image/") && contentUrl) return image(contentUrl, name);
  if (contentType.endsWith("card.adaptive")) return adaptive(content ?? {}, reply);
  if (contentType.includes("card.")) return hero(content ?? {}, reply);
  if (contentUrl) return wrapped("p", link(`📎 ${name ?? "File"}`, contentUrl));
  return textIn("p", `(${name ?? contentType} cannot be shown here)`);
}

function hero({ title, subtitle, text, images = [], media = [], buttons = [] }, reply) {
  const card = make("div", "card");
  for (const { url } of images) card.append(image(url, title));
  if (title) card.append(textIn("h3", title));
  if (subtitle) card.append(textIn("p", subtitle));
  if (text) card.append(markdownIn("div", text));
  for (const { url } of media) card.append(link(title ?? "Video", url));
  if (buttons.length) {
    const row = make("div", "actions");
    row.append(...buttons.map((button) => buttonOf(button, reply)));
    card.append(row);
  }
  return card;
}

/** A button of Bot Framework's CardAction. */
export function buttonOf({ type, title, value }, reply) {
  if (type === "openUrl" || type === "call" || type === "signin") return link(title ?? value, value);
  const button = textIn("button", title ?? value);
  button.type = "button";
  button.onclick = () => reply(type === "postBack" ? { value, text: value } : { text: value ?? title });
  return button;
}
