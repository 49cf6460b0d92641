// The page of make demo: draws what the server says and tells it what is pressed. Nothing is remembered here.

import { $, announce, h, list, setText } from "./dom.js";
import { showPhone, startPhone } from "./phone.js";
import { showShop, startShop } from "./shop.js";
import { chooseLanguage, speak, t } from "./texts.js";

let view = null;
let events = null;

function showCustomers() {
  list($("customers"), view.shop.customers, {
    key: ({ id }) => id,
    create: customer => h("li", {},
      h("button", { type: "button", lang: customer.language, onclick: () => watch(customer.id) },
        h("span", {}, customer.name), h("span", { class: "badge" }), h("span", { class: "hidden" }))),
    update: (element, { id, unread }) => {
      const [button] = element.children;
      const [, badge, words] = button.children;
      button.ariaPressed = id === view.customer;
      badge.hidden = !unread;
      badge.ariaHidden = "true";
      setText(badge, String(unread));
      setText(words, unread ? `, ${t.unread(unread)}` : "");
    },
  });
}

function show() {
  if (!view) return;
  showCustomers();
  showPhone(view);
  showShop(view);
}

/** Shows a customer, from now on whenever something changes. */
function watch(customer) {
  events?.close();
  const address = new URL(location);
  address.searchParams.set("customer", customer);
  history.replaceState(null, "", address);
  events = new EventSource(`events?customer=${customer}`);
  events.addEventListener("message", ({ data }) => {
    view = JSON.parse(data);
    show();
  });
  events.addEventListener("error", () => announce(t.lostConnection));
}

for (const button of document.querySelectorAll("[data-language]")) {
  button.addEventListener("click", () => {
    chooseLanguage(button.dataset.language);
    show();
  });
}
startPhone(() => view);
startShop(() => view);
speak();
// What counts down changes without the server.
setInterval(show, 500);
watch(Number(new URLSearchParams(location.search).get("customer") ?? 10));
