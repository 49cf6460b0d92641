// The customer's phone: what Telegram has, drawn.

import { $, announce, doing, h, isAtEnd, list, perform, setText } from "./dom.js";
import { language, milliseconds, t, time } from "./texts.js";

const tags = { bold: "strong", italic: "em", underline: "u", strikethrough: "s", code: "code", pre: "code" };

/** A text with Telegram's entities (offsets in UTF-16 units, as JavaScript counts) as nodes. */
function formatted(text, entities = [], start = 0, end = text.length) {
  const nodes = [];
  let position = start;
  const here = entities.filter(({ offset, length }) => offset >= start && offset + length <= end);
  while (here.length) {
    const { type, offset, length, url } = here.shift();
    if (offset < position) continue;
    if (offset > position) nodes.push(text.slice(position, offset));
    const inner = here.filter(other => other.offset >= offset && other.offset + other.length <= offset + length);
    const content = formatted(text, inner, offset, offset + length);
    nodes.push(type === "text_link"
      ? h("a", { href: url, rel: "noreferrer", target: "_blank" }, content)
      : h(tags[type] ?? "span", {}, content));
    position = offset + length;
  }
  if (position < end) nodes.push(text.slice(position, end));
  return nodes;
}

function timing(message, timings) {
  const known = timings[message.message_id];
  if (!known) return "";
  const ms = milliseconds(message.sent_at - known.since);
  return known.committed ? t.afterCommit(ms) : t.answered(ms);
}

function bubble(view, message) {
  const buttons = (message.inline_keyboard ?? []).flat().map(button =>
    h("button", {
      type: "button",
      onclick: doing("press", () => ({
        customer: view.customer, message: message.message_id, data: button.callback_data,
      })),
    }, button.text));
  return h("li", { class: message.is_from_bot ? "from-bot" : "from-customer" },
    h("div", { class: "bubble" },
      h("span", { class: "hidden" }, `${message.is_from_bot ? t.botName : t.you}: `),
      h("div", { class: "text" }, message.contact
        ? `${t.contact}: ${message.contact.phone_number}`
        : formatted(message.text ?? "", message.entities)),
      h("small", { class: "meta" })),
    buttons.length ? h("div", { class: "inline" }, buttons) : null);
}

/** The code that the bot has shown last and the customer has not typed yet. */
function code(messages) {
  for (const message of messages.toReversed()) {
    if (!message.is_from_bot && /^\d{6}$/.test(message.text ?? "")) return null;
    const entity = message.is_from_bot && message.entities?.find(({ type }) => type === "code");
    if (entity) return message.text.slice(entity.offset, entity.offset + entity.length);
  }
  return null;
}

function showChips(view) {
  const { messages, keyboard, state } = view.phone;
  const typed = view.shop.user?.verified ? null : code(messages);
  const requests = (keyboard ?? []).flat().filter(button => button.request_contact);
  const chips = [
    ...(typed ? [{ key: `code-${typed}`, text: typed, strong: true }] : []),
    ...requests.map(button => ({ key: "contact", text: button.text, contact: true, strong: true })),
    ...["/start", "/orders", "/help"].map(text => ({ key: text, text })),
    ...(requests.length ? [] : [{ key: "contact-own", text: t.share, contact: true }]),
  ];
  const customer = view.customer;
  list($("chips"), chips, {
    key: chip => `${chip.key} ${customer}`,
    create: chip => h("button", {
      type: "button", class: chip.strong ? "strong" : null,
      onclick: chip.contact
        ? doing("shareContact", () => ({ customer }))
        : doing("write", () => ({ customer, text: chip.text })),
    }),
    update: (element, chip) => {
      setText(element, chip.text);
      element.disabled = state === "blocked";
    },
  });
}

// On a narrow screen the phone may be out of sight: then what has arrived meanwhile is counted.
let isInSight = true;
let seen = 0;
let shown = null;

function countUnseen(view) {
  const arrived = view.phone.messages.filter(message => message.is_from_bot).length;
  if (isInSight || arrived < seen) seen = arrived;
  $("unseen").hidden = arrived === seen;
  setText($("unseen"), String(arrived - seen));
}

export function showPhone(view) {
  const { messages, state } = view.phone;
  const isBlocked = state === "blocked";
  const follows = isAtEnd($("scroll")) || shown !== view.customer;
  shown = view.customer;
  const count = $("chat").children.length;
  list($("chat"), messages, {
    key: message => [view.customer, message.message_id, message.edited_at ?? 0, language].join(" "),
    create: message => bubble(view, message),
    update: (element, message) => {
      const took = timing(message, view.shop.timing);
      setText(element.querySelector(".meta"), time(message.sent_at) + (took ? ` · ⚡ ${took}` : ""));
    },
  });
  $("chat").lang = view.shop.customers.find(({ id }) => id === view.customer).language;
  $("empty").hidden = messages.length > 0;
  if (messages.length !== count && follows) $("scroll").scrollTop = $("scroll").scrollHeight;
  setText($("bot-state"), isBlocked ? t.blockedState : t.bot);
  for (const id of ["block", "block-too"]) $(id).disabled = state === "uninitiated";
  setText($("block"), isBlocked ? t.unblock : t.block);
  setText($("block-too"), isBlocked ? t.unblockCustomer : t.blockCustomer);
  $("text").disabled = isBlocked;
  $("composer").querySelector("button").disabled = isBlocked;
  showChips(view);
  countUnseen(view);
}

/** Listens to what the customer does; `current` is what is shown. */
export function startPhone(current) {
  $("composer").addEventListener("submit", async event => {
    event.preventDefault();
    const text = $("text").value.trim();
    if (!text) return;
    $("text").value = "";
    await perform("write", { customer: current().customer, text }).catch(error => announce(error.message));
  });
  new IntersectionObserver(([{ isIntersecting }]) => {
    isInSight = isIntersecting;
    if (current()) countUnseen(current());
  }).observe($("phone"));
  const isBlocked = () => current().phone.state === "blocked";
  for (const id of ["block", "block-too"]) {
    $(id).addEventListener("click", event => {
      const blocked = !isBlocked();
      doing("block", () => ({ customer: current().customer, blocked }),
        () => (blocked ? t.doneBlock : t.doneUnblock))(event);
    });
  }
}
