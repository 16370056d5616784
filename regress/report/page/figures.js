// Numbers as people read them. Tables show integers exactly; only the ticks of an axis are rounded.

const grouped = new Intl.NumberFormat("en-GB", { maximumFractionDigits: 0 });

export const integer = (value) => grouped.format(value);

export const counted = (value, one, many = `${one}s`) => `${integer(value)} ${value === 1 ? one : many}`;

export const hexadecimal = (value) => `0x${value.toString(16)}`;

// Two ints to a ratio with three digits after the point; nothing where there is nothing to divide by.
export const ratio = (part, whole) => (whole === 0 ? "" : (part / whole).toFixed(3));

export const percent = (part, whole) => (whole === 0 ? "" : `${((100 * part) / whole).toFixed(1)} %`);

const steps = [
  [1e9, " GB"],
  [1e6, " MB"],
  [1e3, " kB"],
];

// For ticks: 20 kB, 1.5 MB.
export function tick(value) {
  for (const [size, unit] of steps) {
    if (Math.abs(value) >= size) return `${+(value / size).toPrecision(3)}${unit}`;
  }
  return `${+value.toPrecision(3)} B`;
}

// +1,234 or −1,234 or 0.
export const change = (from, to) => (to === from ? "0" : `${to > from ? "+" : "−"}${integer(Math.abs(to - from))}`);
