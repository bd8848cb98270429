/** What the extension host and the sample database's process say to each other. */
import * as z from 'zod/mini';
import { requestType } from './rpc.ts';

/** Parent → child: load (or restore from `cacheDirectory`) the sample and listen; answered when it accepts connections. */
export const startSample = requestType(
  'sample/start',
  z.object({
    cacheDirectory: z.string(),
    /** Absolute path of the directory that holds schema.sql and data.sql. */
    sqlDirectory: z.string(),
  }),
  z.object({
    /** A host name, or the directory of a Unix socket, as `pg` takes it. */
    host: z.string(),
    port: z.number(),
    /** Whether the data came from the cache. */
    cached: z.boolean(),
    ms: z.number(),
  }),
);
