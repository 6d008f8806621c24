import { createSubscriber } from "svelte/reactivity";

/** How often relative times are looked at again, in milliseconds. */
const EVERY = 10_000;

const subscribe = createSubscriber((update) => {
  const timer = setInterval(update, EVERY);
  return () => clearInterval(timer);
});

/** The time now in milliseconds; whoever reads it in a view is drawn again as it goes on. */
export function now(): number {
  subscribe();
  return Date.now();
}
