// The little that the page needs of a framework.

export const $ = id => document.getElementById(id);

/** An element with attributes, properties (with a dot) and listeners (with on), and what is in it. */
export function h(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
    else element.setAttribute(key, value === true ? "" : value);
  }
  element.append(...children.flat().filter(child => child !== null && child !== undefined));
  return element;
}

/** Sets a text only when it is another, so that screen readers hear of changes alone. */
export function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/**
 * Makes the children of a list those of `items`: elements stay what they are while their key stays, so that focus and
 * a reader's place are kept.
 */
export function list(parent, items, { key, create, update }) {
  const old = new Map([...parent.children].map(child => [child.dataset.key, child]));
  let place = parent.firstElementChild;
  for (const item of items) {
    const name = String(key(item));
    let element = old.get(name);
    if (!element) {
      element = create(item);
      element.dataset.key = name;
    }
    old.delete(name);
    if (element === place) place = place.nextElementSibling;
    else parent.insertBefore(element, place);
    update?.(element, item);
  }
  for (const element of old.values()) element.remove();
}

/** Whether a scrollable element shows its end; to be asked before something is added. */
export const isAtEnd = element => element.scrollHeight - element.scrollTop - element.clientHeight < 60;

/** Does what a button says. The answer comes as everything does: as the next event. */
export async function perform(deed, fields = {}) {
  const response = await fetch("deeds", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ deed, ...fields }),
  });
  if (!response.ok) throw new Error(await response.text());
}

export function announce(text) {
  $("status").textContent = text;
  clearTimeout(announce.timer);
  announce.timer = setTimeout(() => ($("status").textContent = ""), 6000);
}

/** A listener that does a deed and says what came of it. */
export const doing = (deed, fields = () => ({}), done = () => "") => async event => {
  event?.preventDefault();
  try {
    await perform(deed, fields());
    const text = done();
    if (text) announce(text);
  } catch (error) {
    announce(error.message);
  }
};
