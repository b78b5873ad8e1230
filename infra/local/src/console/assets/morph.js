// Makes an element like another one and changes nothing that is the same already, so that what its reader does with it
// survives: focus, selection, scroll positions, opened details. Elements with an id are found again wherever they went.
// @ts-check

/** What its reader changes, which the server cannot know. */
const READERS = new Set(["open", "value", "checked", "selected"]);

/** @param {string} name */
const isKept = (name) => name.startsWith("data-kept");

/** @param {Node} node @returns {node is Element} */
const isElement = (node) => node.nodeType === Node.ELEMENT_NODE;

/** @param {Node} node */
const keyOf = (node) => (isElement(node) && node.id) || "";

/** Whether one node can become the other. @param {Node} old @param {Node} next */
const fits = (old, next) => old.nodeName === next.nodeName && keyOf(old) === keyOf(next);

/** @param {Element} old @param {Element} next */
const attributes = (old, next) => {
  for (const { name, value } of next.attributes) {
    if (READERS.has(name) || isKept(name)) continue;
    if (old.getAttribute(name) !== value) old.setAttribute(name, value);
  }
  for (const { name } of [...old.attributes]) {
    if (!next.hasAttribute(name) && !READERS.has(name) && !isKept(name)) old.removeAttribute(name);
  }
};

/** @param {Node} parent @param {Node} node @param {Node | null} before */
const move = (parent, node, before) => {
  // Moves without losing the focus, where the browser can.
  if (node.isConnected && "moveBefore" in parent) /** @type {any} */ (parent).moveBefore(node, before);
  else parent.insertBefore(node, before);
};

/** @param {Element} old @param {Element} next */
const children = (old, next) => {
  const wanted = new Set([...next.children].map(keyOf).filter(Boolean));
  const known = new Map([...old.children].filter((one) => one.id).map((one) => [one.id, one]));
  const skip = (/** @type {Node | null} */ node) => {
    while (node && isElement(node) && node.hasAttribute("data-kept")) node = node.nextSibling;
    return node;
  };
  let at = skip(old.firstChild);
  for (const child of [...next.childNodes]) {
    // What has gone is taken away first, so that its neighbours need not move.
    while (at && keyOf(at) && !wanted.has(keyOf(at))) {
      const gone = at;
      at = skip(at.nextSibling);
      gone.parentNode?.removeChild(gone);
    }
    const found = known.get(keyOf(child));
    if (found && found !== at && fits(found, child)) move(old, found, at);
    else if (!at || !fits(at, child) || (!found && keyOf(child))) {
      old.insertBefore(child, at);
      continue;
    }
    const mine = found ?? /** @type {Node} */ (at);
    if (mine === at) at = skip(at.nextSibling);
    morph(mine, child);
  }
  while (at) {
    const gone = at;
    at = skip(at.nextSibling);
    gone.parentNode?.removeChild(gone);
  }
};

/**
 * @param {Node} old what is on the page
 * @param {Node} next what it is to be like; parts of it may move into the page
 */
export const morph = (old, next) => {
  if (old.isEqualNode(next)) return;
  if (isElement(old) && isElement(next)) {
    attributes(old, next);
    children(old, next);
  } else if (old.nodeValue !== next.nodeValue) {
    old.nodeValue = next.nodeValue;
  }
};
