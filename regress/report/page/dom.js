// Elements and text. Nothing here, and nothing that uses it, ever reads a string as HTML: names and reasons come from
// other people's files.

// An element; attributes with null or undefined are left out, children may be strings, elements, arrays or null.
export function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined) continue;
    if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else made.setAttribute(name, value);
  }
  made.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined));
  return made;
}

// Characters that are not seen, or that turn the text around them: shown as \u{...}.
const unseen = /[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}\u{200b}-\u{200f}\u{2060}-\u{2064}\u{feff}]/gu;

export function visible(text) {
  return String(text ?? "").replace(unseen, (c) => `\\u{${c.codePointAt(0).toString(16)}}`);
}

// The start and the end of a text that would be too long for a plot.
export function shortened(text, most = 28) {
  const characters = [...visible(text)];
  if (characters.length <= most) return characters.join("");
  const tail = Math.floor((most - 1) / 3);
  return [...characters.slice(0, most - 1 - tail), "…", ...characters.slice(-tail)].join("");
}

let used = 0;
export function fresh_id(prefix) {
  used += 1;
  return `${prefix}-${used}`;
}
