// Figures as people read them, the way gateway/site/formats.py says them.

/** Bytes in decimal units: 1.5 GB, 240 MB, 12 kB. */
export function size(bytes) {
  for (const [unit, factor] of [["GB", 1e9], ["MB", 1e6], ["kB", 1e3]]) {
    if (bytes >= factor) {
      const count = bytes / factor;
      return `${count < 10 ? Math.round(count * 10) / 10 : Math.round(count)} ${unit}`;
    }
  }
  return `${bytes} bytes`;
}

/** Seconds in words: 12 s, 3 min 20 s, 1 h 5 min. */
export function duration(seconds) {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return [`${Math.floor(whole / 60)} min`, whole % 60 && `${whole % 60} s`].filter(Boolean).join(" ");
  return [`${Math.floor(whole / 3600)} h`, Math.floor((whole % 3600) / 60) && `${Math.floor((whole % 3600) / 60)} min`]
    .filter(Boolean)
    .join(" ");
}

/** Seconds as a clock: 0:07, 1:02:03. */
export function clock(seconds) {
  const whole = Math.floor(seconds || 0);
  const parts = [Math.floor(whole / 60) % 60, whole % 60];
  if (whole >= 3600) parts.unshift(Math.floor(whole / 3600));
  return parts.map((part, index) => (index ? String(part).padStart(2, "0") : String(part))).join(":");
}

/** A whole number with thin groups: 12 345. */
export function count(number) {
  return String(number).replace(/\B(?=(\d{3})+$)/g, "\u202f");
}
