/** How many slots a load needs so that few of its requests wait long: Erlang's formula for a queue before servers. */

/**
 * The part of the requests that wait longer than a time, of 0 to 1. `load` is how many slots are busy on average;
 * `patience` is the time as a multiple of that which a request takes. source: Erlang's C formula, with exponential times.
 */
export function chanceToWait(slots: number, load: number, patience: number): number {
  if (load <= 0) {
    return 0;
  }
  if (slots <= load) {
    return 1;
  }
  // Erlang's B by its recursion over the slots, which neither overflows nor loses digits.
  let blocked = 1;
  for (let count = 1; count <= slots; count += 1) {
    blocked = (load * blocked) / (count + load * blocked);
  }
  const waiting = blocked / (1 - (load / slots) * (1 - blocked));
  return waiting * Math.exp(-(slots - load) * patience);
}

/** The least number of slots with which no more than that part waits longer; 0 for no load, at most `most`. */
export function slotsFor(load: number, patience: number, chance: number, most: number): number {
  let slots = load <= 0 ? 0 : Math.min(most, Math.floor(load) + 1);
  while (slots < most && chanceToWait(slots, load, patience) > chance) {
    slots += 1;
  }
  return slots;
}
