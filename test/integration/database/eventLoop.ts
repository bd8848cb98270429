/** How long the event loop is held while something is done, in processor time: what else the machine does is not counted. */

/** @returns the longest time, in milliseconds, that nothing else could run */
export async function longestHold(work: () => Promise<unknown>): Promise<number> {
  const state = { ended: false, longest: 0 };
  let before = used();
  const turn = (): void => {
    const now = used();
    state.longest = Math.max(state.longest, now - before);
    before = now;
    if (!state.ended) setImmediate(turn);
  };
  setImmediate(turn);
  try {
    await work();
  } finally {
    state.ended = true;
    await new Promise((resolve) => setImmediate(resolve));
    await new Promise((resolve) => setImmediate(resolve)); // a hold at the end counts as well
  }
  return state.longest;
}

/** The least of some tries: the first ones also compile what they run. */
export async function leastHold(tries: number, work: () => Promise<unknown>): Promise<number> {
  const holds: number[] = [];
  for (let index = 0; index < tries; index++) holds.push(await longestHold(work));
  return Math.min(...holds);
}

/** Processor time of this thread so far, in milliseconds. */
function used(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
}
