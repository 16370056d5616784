// The few numbers that a table needs. All take arrays that are not empty.

export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

export const geomean = (values) => Math.exp(values.reduce((sum, value) => sum + Math.log(value), 0) / values.length);

export const least = (values) => values.reduce((a, b) => Math.min(a, b));
export const most = (values) => values.reduce((a, b) => Math.max(a, b));
