// What all plots share: they take the width that is there, speak, and put their labels where there is room.
import * as Plot from "@observablehq/plot";

import { element } from "./dom.js";

const least_width = 280;

// A figure with the plot that draw(width) makes, drawn anew when its width changes. `title` and `text` are what a screen
// reader says instead of the plot; the text is on the page too.
export function figure(title, text, draw) {
  const holder = element("div", { class: "plot" });
  const made = element("figure", {}, holder, element("figcaption", {}, text));
  let drawn = 0;
  const redraw = (width) => {
    const wanted = Math.max(least_width, Math.floor(width));
    if (wanted === drawn) return;
    drawn = wanted;
    const plot = draw(wanted);
    const svg = plot.tagName.toLowerCase() === "svg" ? plot : plot.querySelector("svg");
    svg.setAttribute("role", "img");
    svg.setAttribute("aria-label", `${title}. ${text}`);
    // Its parts are of no use one by one; the table beside it is.
    for (const part of svg.children) part.setAttribute("aria-hidden", "true");
    holder.replaceChildren(plot);
  };
  redraw(800);
  new ResizeObserver(([entry]) => redraw(entry.contentRect.width)).observe(holder);
  return made;
}

export const font_size = 12;
const glyph_width = 6.9; // of the plots' font, on the wide side

export const text_width = (text) => [...text].length * glyph_width;

export const base_style = { fontSize: `${font_size}px`, overflow: "visible" };

// Keeps apart what is put on a plot: boxes in pixels.
export class Room {
  constructor() {
    this.boxes = [];
  }
  take(box) {
    this.boxes.push(box);
  }
  is_free(box) {
    return !this.boxes.some((b) => box.x1 < b.x2 && b.x1 < box.x2 && box.y1 < b.y2 && b.y1 < box.y2);
  }
  take_if_free(box) {
    if (!this.is_free(box)) return false;
    this.take(box);
    return true;
  }
}

// Text marks that draw, in the order of `data`, those labels for which there is room, to the right of their place or, where that
// is taken, to the left; of `sides` only those. `room` is shared with the other marks of a plot; what comes before in `marks` has
// it first. No label is drawn of what is in `done`, which gets those that are, nor more than `most`.
export function labels(
  data,
  { text, room, sides = ["right", "left"], dx = 8, dy = 0, className, most = Infinity, done = new Set(), ...channels },
) {
  const written = data.map(text);
  let planned = null;
  const plan = (index, values, dimensions) => {
    planned = new Map();
    for (const i of index) {
      if (done.has(data[i]) || done.size >= most) continue;
      const width = text_width(written[i]);
      const y = (values.y?.[i] ?? dimensions.marginTop) + dy;
      const side = sides.find((wanted) => {
        const x1 = wanted === "right" ? values.x[i] + dx : values.x[i] - dx - width;
        const box = { x1, x2: x1 + width, y1: y - font_size / 2, y2: y + font_size / 2 };
        return box.x1 >= dimensions.marginLeft && box.x2 <= dimensions.width && room.take_if_free(box);
      });
      if (side === undefined) continue;
      planned.set(i, side);
      done.add(data[i]);
    }
  };
  return ["right", "left"].map((side) =>
    Plot.text(data, {
      ...channels,
      text: written,
      dx: side === "right" ? dx : -dx,
      dy,
      textAnchor: side === "right" ? "start" : "end",
      className,
      render(index, scales, values, dimensions, context, next) {
        if (planned === null) plan(index, values, dimensions);
        return next(
          index.filter((i) => planned.get(i) === side),
          scales,
          values,
          dimensions,
          context,
        );
      },
    }),
  );
}

// Takes the room of points, so that no label stands on one.
export function keep_clear(data, { room, radius = 4, ...channels }) {
  return Plot.dot(data, {
    ...channels,
    render(index, scales, values) {
      for (const i of index) {
        const [x, y] = [values.x[i], values.y[i]];
        room.take({ x1: x - radius, x2: x + radius, y1: y - radius, y2: y + radius });
      }
      return null;
    },
  });
}
