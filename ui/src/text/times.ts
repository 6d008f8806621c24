// Times as people say them: "just now", "14:02", "Tuesday 14:02", "12 Oct".

const clock = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit" });
const clockSeconds = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", second: "2-digit" });
const weekday = new Intl.DateTimeFormat("en-GB", { weekday: "long" });
const day = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short" });
const dayYear = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", year: "numeric" });
const whole = new Intl.DateTimeFormat("en-GB", { dateStyle: "full", timeStyle: "medium" });

const MINUTE = 60_000;
const DAY = 86_400_000;

function midnight(time: number): number {
  return new Date(time).setHours(0, 0, 0, 0);
}

/** Days from the one of `then` to the one of `now`, by the calendar. */
export function daysBetween(then: number, now: number): number {
  return Math.round((midnight(now) - midnight(then)) / DAY);
}

/** "14:02". */
export function hourAndMinute(at: string | number): string {
  return clock.format(new Date(at));
}

/** "14:02:11". */
export function toTheSecond(at: string | number): string {
  return clockSeconds.format(new Date(at));
}

/** "just now", "14:02", "Tuesday 14:02", "12 Oct", "12 Oct 2024". */
export function when(at: string | number, now: number): string {
  const then = new Date(at).getTime();
  if (now - then < MINUTE && then - now < MINUTE) return "just now";
  const days = daysBetween(then, now);
  if (days === 0) return clock.format(then);
  if (days === 1) return `yesterday ${clock.format(then)}`;
  if (days > 1 && days < 7) return `${weekday.format(then)} ${clock.format(then)}`;
  return new Date(then).getFullYear() === new Date(now).getFullYear() ? day.format(then) : dayYear.format(then);
}

/** "just now", "5 min ago", "3 h ago", "2 days ago", then the day. */
export function ago(at: string | number, now: number): string {
  const then = new Date(at).getTime();
  const minutes = Math.floor((now - then) / MINUTE);
  if (minutes < 1) return "just now";
  if (minutes < 60) return `${minutes} min ago`;
  if (minutes < 24 * 60) return `${Math.floor(minutes / 60)} h ago`;
  const days = daysBetween(then, now);
  if (days === 1) return "yesterday";
  if (days < 7) return `${days} days ago`;
  return new Date(then).getFullYear() === new Date(now).getFullYear() ? day.format(then) : dayYear.format(then);
}

/** "Today", "Yesterday", "Tuesday 18 Nov", "12 Oct 2024": the heading of a day. */
export function dayName(at: string | number, now: number): string {
  const then = new Date(at).getTime();
  const days = daysBetween(then, now);
  if (days === 0) return "Today";
  if (days === 1) return "Yesterday";
  if (days > 1 && days < 7) return `${weekday.format(then)} ${day.format(then)}`;
  return new Date(then).getFullYear() === new Date(now).getFullYear() ? day.format(then) : dayYear.format(then);
}

/** All of it: "Saturday, 21 November 2026 at 14:02:11". */
export function absolute(at: string | number): string {
  return whole.format(new Date(at));
}
