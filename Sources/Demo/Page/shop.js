// The shop's side: what is in Odoo's tables and in tgworker's, drawn.

import { $, announce, doing, h, isAtEnd, list, perform, setText } from "./dom.js";
import { language, milliseconds, money, quantity, t, time } from "./texts.js";

const seconds = until => Math.max(1, Math.ceil((until - Date.now()) / 1000));

function showRoad(view) {
  const show = (id, text, mood) => {
    setText($(id).querySelector("span"), text);
    $(id).dataset.mood = mood;
  };
  const { shop, worker, down } = view;
  show("road-database", t.waiting(shop.waiting), shop.waiting ? "busy" : "well");
  if (!worker.process) show("road-worker", worker.ends ? t.dead : t.starting, "bad");
  else if (worker.process !== shop.sender) show("road-worker", t.starting, "busy");
  else show("road-worker", t.working(worker.process), "well");
  if (down > Date.now()) show("road-telegram", t.down(seconds(down)), "bad");
  else if (shop.paused > Date.now()) show("road-telegram", t.paused(seconds(shop.paused)), "busy");
  else show("road-telegram", t.answers, "well");
}

function showPerson(view) {
  const { user, customers } = view.shop;
  const { name } = customers.find(({ id }) => id === view.customer);
  let text;
  if (!user) text = t.unknown(name);
  else if (user.verified) text = t.verified(name);
  else if (user.linked) text = t.codeExpected(name);
  else text = t.toLink(user.name) + (user.proposed ? t.proposed : "") + (user.proof === "code" ? t.codeShown : "");
  setText($("person-state"), text);
  $("person").dataset.mood = user?.verified ? "well" : user ? "busy" : "";
  $("link").hidden = !user || user.verified || user.linked;
  setText($("link"), t.linkTo(name));
}

/** How a notification or reply is on its way: a line, with a button where one can do something. */
function showStatus(element, status, view) {
  const { state, reason, attempts, outbox, message } = status ?? {};
  element.hidden = !status;
  if (!status) return;
  element.dataset.state = state;
  const words = [state === "unknown" ? t.unknownState : t[state]];
  if (state === "sent") {
    const sent = view.phone.messages.find(({ message_id }) => message_id === message);
    const known = view.shop.timing[message];
    if (sent && known?.committed) words.push(t.afterCommit(milliseconds(sent.sent_at - known.since)));
  } else if (reason) {
    words.push(t.reason(reason));
  }
  if (attempts > 1) words.push(t.attempts(attempts));
  setText(element.querySelector("span"), words.join(" · "));
  const again = element.querySelector("button");
  again.hidden = !["failed", "discarded", "unknown"].includes(state);
  again.dataset.outbox = outbox;
  setText(again, t.again);
}

const statusLine = () => {
  const again = h("button", { type: "button", class: "small", hidden: true });
  again.addEventListener("click", doing("retry", () => ({ outbox: Number(again.dataset.outbox) })));
  return h("p", { class: "delivery", hidden: true }, h("span"), again);
};

function showOrders(view) {
  const { orders, states } = view.shop;
  list($("orders"), orders, {
    key: order => `${order.id} ${language}`,
    create: order => h("li", { class: "order" },
      h("div", { class: "row spread" },
        h("h4", {}, order.name), h("span", { class: "total" }, money(order.total, order.currency))),
      h("p", { class: "lines" }, order.lines.map(line => `${quantity(line.quantity)} × ${line.name}`).join(", ")),
      h("div", { class: "states", role: "group", "aria-label": t.stateOf(order.name) },
        states.map(state => h("button", {
          type: "button", "data-state": state.value,
          onclick: event => {
            if (event.currentTarget.ariaPressed === "true") return;
            doing("setState", () => ({ order: order.id, state: state.value }))(event);
          },
        }, state[language]))),
      statusLine()),
    update: (element, order) => {
      for (const button of element.querySelectorAll(".states button")) {
        button.ariaPressed = button.dataset.state === order.state;
      }
      showStatus(element.querySelector(".delivery"), order.status, view);
    },
  });
}

function showInbox(view) {
  const { messages, user, customers } = view.shop;
  const customer = customers.find(({ id }) => id === view.customer);
  const follows = isAtEnd($("inbox-scroll"));
  const count = $("inbox").children.length;
  list($("inbox"), messages, {
    key: message => `${message.id} ${language}`,
    create: message => h("li", { class: message.incoming ? "incoming" : "outgoing" },
      h("div", { class: "row spread" },
        h("strong", {}, message.incoming ? customer.name : message.operator ?? t.bot),
        h("small", {}, h("mark", { hidden: true }, t.isNew), " ", h("time", {}, time(message.at)))),
      h("p", { class: "text" }, message.text ?? ""),
      statusLine()),
    update: (element, message) => {
      element.querySelector("mark").hidden = !message.incoming || message.read;
      showStatus(element.querySelector(".delivery"), message.status, view);
    },
  });
  $("inbox").lang = customer.language;
  $("inbox-empty").hidden = messages.length > 0;
  if (messages.length !== count && follows) $("inbox-scroll").scrollTop = $("inbox-scroll").scrollHeight;
  $("reply-text").disabled = !user;
  $("reply-text").placeholder = user ? "" : t.replyFirst;
  $("reply").querySelector("[type=submit]").disabled = !user;
  $("read").disabled = !customer.unread;
}

export function showShop(view) {
  showRoad(view);
  showPerson(view);
  showOrders(view);
  showInbox(view);
}

/** Listens to what the shop's people do; `current` is what is shown. */
export function startShop(current) {
  const customer = () => ({ customer: current().customer });
  $("link").addEventListener("click", doing("link", customer));
  $("read").addEventListener("click", doing("markRead", customer));
  $("down").addEventListener("click", doing("goDown", () => ({ seconds: 10 }), () => t.doneDown));
  $("limit").addEventListener("click",
    doing("refuseNext", () => ({ ...customer(), seconds: 5 }), () => t.doneLimit));
  $("kill").addEventListener("click", doing("killWorker", undefined, () => t.doneKill));
  $("reset").addEventListener("click", doing("reset", undefined, () => t.doneReset));
  $("reply").addEventListener("submit", async event => {
    event.preventDefault();
    const text = $("reply-text").value.trim();
    if (!text) return;
    $("reply-text").value = "";
    await perform("reply", { ...customer(), text }).catch(error => announce(error.message));
  });
  $("reply-text").addEventListener("keydown", event => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) $("reply").requestSubmit();
  });
}
