// How long ago something was, in the unit that a person would say. Pure.

export type Unit = "d" | "h" | "min" | "s";

/** Unit, its seconds, and from how many of it on it is said: '90 min', then '2 h'. The server does the same (times.py). */
const STEPS: readonly (readonly [Unit, number, number])[] = [["d", 86_400, 1.5], ["h", 3_600, 1.5], ["min", 60, 2]];

export function ago(then: number, now: number): { unit: Unit; n: number } {
  const seconds = Math.max(0, (now - then) / 1000);
  for (const [unit, length, times] of STEPS) if (seconds >= length * times) return { unit, n: Math.floor(seconds / length) };
  return { unit: "s", n: Math.floor(seconds) };
}
