const UNITS = ["bytes", "kB", "MB", "GB", "TB"];

/** "0 bytes", "412 MB", "1.1 GB": as shops and publishers count, in thousands. */
export function bytes(n: number): string {
  let size = n;
  let unit = 0;
  while (size >= 999.5 && unit < UNITS.length - 1) {
    size /= 1_000;
    unit += 1;
  }
  const digits = unit >= 3 && size < 99.95 ? 1 : 0;
  return `${size.toFixed(digits)} ${UNITS[unit]}`;
}
