// Making one tree of elements like another by changing as little as can be: focus, selection and motion stay.

/** Make `old` like `next`, which is used up. Elements with a data-key stay with their key. */
export function morph(old, next) {
  if (old.nodeType !== next.nodeType || old.nodeName !== next.nodeName || keyOf(old) !== keyOf(next)) {
    old.replaceWith(next);
  } else if (old.nodeType === Node.ELEMENT_NODE) {
    attributes(old, next);
    children(old, next);
  } else if (old.nodeValue !== next.nodeValue) {
    old.nodeValue = next.nodeValue;
  }
}

const keyOf = (node) => node.dataset?.key;

function attributes(old, next) {
  for (const { name } of [...old.attributes]) if (!next.hasAttribute(name)) old.removeAttribute(name);
  for (const { name, value } of next.attributes) if (old.getAttribute(name) !== value) old.setAttribute(name, value);
}

function children(old, next) {
  const keyed = new Map([...old.children].filter(keyOf).map((node) => [keyOf(node), node]));
  let place = old.firstChild;
  for (const wanted of [...next.childNodes]) {
    const known = keyed.get(keyOf(wanted));
    if (known && known !== place) old.insertBefore(known, place);
    const present = known ?? place;
    if (!present || (!known && keyOf(present))) {
      old.insertBefore(wanted, place);
      continue;
    }
    place = present.nextSibling;
    morph(present, wanted);
  }
  while (place) {
    const rest = place.nextSibling;
    place.remove();
    place = rest;
  }
}
