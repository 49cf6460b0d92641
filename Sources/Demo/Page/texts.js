// What the page says, in both languages. Functions take the values that whole sentences are made with.

const en = {
  tagline: "A shop, its customers on Telegram, and what is between them",
  skipToShop: "Skip to the shop",
  language: "Language",
  reset: "Start over",
  customers: "Customer",
  phone: "The customer's phone",
  phoneShort: "Phone",
  shop: "The shop",
  shopShort: "Shop",
  panes: "Parts of the page",
  botName: "Samovar",
  bot: "the tea shop's bot",
  blockedState: "you have blocked this bot",
  chat: "Chat with the bot",
  chatEmpty: "Nothing here yet. A customer begins with /start.",
  quickActions: "Quick answers",
  messageLabel: "Message",
  send: "Send",
  share: "Share my phone number",
  contact: "Phone number shared",
  block: "Block",
  unblock: "Unblock",
  you: "You",
  blockCustomer: "The customer blocks the bot",
  unblockCustomer: "The customer unblocks the bot",
  road: "The way of a message",
  waiting: n => n === 0 ? "nothing waits" : n === 1 ? "1 message waits" : `${n} messages wait`,
  working: pid => `runs, process ${pid}`,
  starting: "starts …",
  dead: "was killed, comes back",
  answers: "answers",
  down: s => `is down, ${s} s more`,
  paused: s => `asks to wait, ${s} s more`,
  person: "Who is it?",
  unknown: name => `${name} has not written to the bot. It begins in the phone, with /start.`,
  toLink: name => `Somebody who calls themself ${name} has written to the bot. Who it is, the manager says.`,
  proposed: " The phone number they shared is this customer's.",
  codeShown: " They have already typed their code.",
  linkTo: name => `Link to ${name}`,
  codeExpected: name => `Linked to ${name}. The customer types the code in the phone now.`,
  verified: name => `${name} is verified and hears of their orders.`,
  orders: "Orders",
  ordersHint: "Press a state: one UPDATE, one COMMIT, as Odoo writes it.",
  stateOf: name => `State of ${name}`,
  inbox: "The operator's inbox",
  inboxEmpty: "No messages yet.",
  replyLabel: "Reply",
  replySend: "Send the reply",
  replyKeys: "Ctrl+Enter sends",
  replyFirst: "The customer writes first",
  markRead: "Mark as read",
  unread: n => n === 1 ? "1 unread message" : `${n} unread messages`,
  isNew: "new",
  trouble: "What can go wrong",
  troubleHint: "Try it, change an order or write meanwhile, and see that nothing is lost.",
  goDown: "Telegram is down for 10 s",
  limit: "Telegram answers 429 to the next message",
  kill: "Kill the worker",
  queued: "waits",
  sending: "is being sent",
  sent: "delivered",
  failed: "failed",
  discarded: "discarded",
  unknownState: "perhaps delivered",
  attempts: n => `attempt ${n}`,
  again: "Send again",
  afterCommit: ms => `${ms} ms after COMMIT`,
  answered: ms => `answered in ${ms} ms`,
  doneDown: "Telegram answers with errors for 10 seconds.",
  doneLimit: "The next message to this customer is answered by: wait 5 seconds.",
  doneKill: "The worker was killed. It is started again in 2 seconds.",
  doneBlock: "The customer has blocked the bot.",
  doneUnblock: "The customer has unblocked the bot.",
  doneReset: "Everything is as it was at first.",
  lostConnection: "No connection to the demo; trying again.",
  reason: text => text,
};

const plural = (n, one, few, many) => {
  const form = new Intl.PluralRules("ru").select(n);
  return form === "one" ? one : form === "few" ? few : many;
};

// The reasons that tgworker writes into the ledger, as far as this page causes them.
const reasons = [
  [/^the customer has blocked the bot$/, "покупатель заблокировал бота"],
  [/^Telegram asks to wait/, "Telegram просит подождать"],
  [/^no proper answer from Telegram/, "Telegram не отвечает как следует"],
];

const ru = {
  tagline: "Магазин, его покупатели в Telegram и то, что между ними",
  skipToShop: "К магазину",
  language: "Язык",
  reset: "Начать сначала",
  customers: "Покупатель",
  phone: "Телефон покупателя",
  phoneShort: "Телефон",
  shop: "Магазин",
  shopShort: "Магазин",
  panes: "Части страницы",
  botName: "Самовар",
  bot: "бот чайной лавки",
  blockedState: "вы заблокировали этого бота",
  chat: "Чат с ботом",
  chatEmpty: "Здесь пока пусто. Покупатель начинает с /start.",
  quickActions: "Быстрые ответы",
  messageLabel: "Сообщение",
  send: "Отправить",
  share: "Поделиться номером",
  contact: "Отправлен номер телефона",
  block: "Заблокировать",
  unblock: "Разблокировать",
  you: "Вы",
  blockCustomer: "Покупатель блокирует бота",
  unblockCustomer: "Покупатель разблокирует бота",
  road: "Путь сообщения",
  waiting: n => n === 0 ? "ничего не ждёт" : `${n} ${plural(n, "сообщение ждёт", "сообщения ждут", "сообщений ждут")}`,
  working: pid => `работает, процесс ${pid}`,
  starting: "запускается …",
  dead: "убит, сейчас вернётся",
  answers: "отвечает",
  down: s => `лежит, ещё ${s} с`,
  paused: s => `просит подождать, ещё ${s} с`,
  person: "Кто это?",
  unknown: name => `${name}: боту ещё не писали. Всё начинается в телефоне, с /start.`,
  toLink: name => `Боту написал некто ${name}. Кто это, решает менеджер.`,
  proposed: " Присланный номер телефона принадлежит этому покупателю.",
  codeShown: " Код уже введён.",
  linkTo: name => `Связать с покупателем: ${name}`,
  codeExpected: name => `Связано: ${name}. Теперь покупатель вводит код в телефоне.`,
  verified: name => `${name}: личность подтверждена, новости о заказах приходят.`,
  orders: "Заказы",
  ordersHint: "Нажмите на состояние: один UPDATE, один COMMIT, как их пишет Odoo.",
  stateOf: name => `Состояние ${name}`,
  inbox: "Входящие оператора",
  inboxEmpty: "Сообщений пока нет.",
  replyLabel: "Ответ",
  replySend: "Отправить ответ",
  replyKeys: "Ctrl+Enter отправляет",
  replyFirst: "Первым пишет покупатель",
  markRead: "Отметить прочитанным",
  unread: n => `${n} ${plural(n, "непрочитанное сообщение", "непрочитанных сообщения", "непрочитанных сообщений")}`,
  isNew: "новое",
  trouble: "Что может пойти не так",
  troubleHint: "Попробуйте, меняйте тем временем заказы, пишите, и убедитесь: ничего не теряется.",
  goDown: "Telegram лежит 10 с",
  limit: "Telegram ответит 429 на следующее сообщение",
  kill: "Убить воркер",
  queued: "ждёт",
  sending: "отправляется",
  sent: "доставлено",
  failed: "не доставлено",
  discarded: "отменено",
  unknownState: "возможно, доставлено",
  attempts: n => `попытка ${n}`,
  again: "Отправить ещё раз",
  afterCommit: ms => `через ${ms} мс после COMMIT`,
  answered: ms => `ответ за ${ms} мс`,
  doneDown: "Telegram 10 секунд отвечает ошибками.",
  doneLimit: "На следующее сообщение покупателю Telegram ответит: подождите 5 секунд.",
  doneKill: "Воркер убит. Через 2 секунды он запустится снова.",
  doneBlock: "Покупатель заблокировал бота.",
  doneUnblock: "Покупатель разблокировал бота.",
  doneReset: "Всё как в начале.",
  lostConnection: "Нет связи с демо, пробуем снова.",
  reason: text => reasons.find(([pattern]) => pattern.test(text))?.[1] ?? text,
};

const texts = { en, ru };
const remembered = new URLSearchParams(location.search).get("lang") ?? localStorage.getItem("language");
const preferred = navigator.languages.map(tag => tag.slice(0, 2)).find(tag => tag in texts);

/** The language of the page: chosen, or the browser's, or English. */
export let language = remembered in texts ? remembered : preferred ?? "en";

/** The texts in that language. */
export let t = texts[language];

export function chooseLanguage(choice) {
  language = choice;
  t = texts[choice];
  localStorage.setItem("language", choice);
  speak();
}

/** Puts the texts where the document asks for them. */
export function speak() {
  document.documentElement.lang = language;
  for (const element of document.querySelectorAll("[data-text]")) element.textContent = t[element.dataset.text];
  for (const element of document.querySelectorAll("[data-label]")) element.ariaLabel = t[element.dataset.label];
  for (const element of document.querySelectorAll("[data-placeholder]")) {
    element.placeholder = t[element.dataset.placeholder];
  }
  for (const button of document.querySelectorAll("[data-language]")) {
    button.ariaPressed = button.dataset.language === language;
  }
}

const locale = () => (language === "ru" ? "ru-RU" : "en-GB");

export const time = microseconds =>
  new Date(microseconds / 1000).toLocaleTimeString(locale(), { hour: "2-digit", minute: "2-digit", second: "2-digit" });

export const money = (amount, currency) =>
  new Intl.NumberFormat(locale(), { style: "currency", currency }).format(amount);

export const milliseconds = microseconds =>
  new Intl.NumberFormat(locale(), { maximumFractionDigits: microseconds < 100_000 ? 1 : 0 })
    .format(Math.max(0, microseconds) / 1000);

export const quantity = number => new Intl.NumberFormat(locale()).format(number);
