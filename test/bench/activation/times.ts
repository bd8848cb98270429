/** What one window tells of both extensions: the shape in which it crosses from the extension host to the benchmark. */
import * as z from 'zod';

/** All in milliseconds. */
const times = z.object({
  /** Running the bundle's top level. */
  loadMs: z.number(),
  /** The call of `activate`. */
  activateMs: z.number(),
  /** `loadMs` as VS Code measured it, from outside and in whole milliseconds. */
  loadByVsCodeMs: z.number(),
});
export type Times = z.infer<typeof times>;

export const windowTimes = z.object({ khipu: times, empty: times });
export type WindowTimes = z.infer<typeof windowTimes>;

/** Where the timed extensions leave their times in the extension host, by the extension's name. */
export const timesKey = 'khipuBenchTimes';
