/** What the test and its child program say to each other. */
import * as z from 'zod';
import { notificationType, requestType } from '../../../src/shared/rpc.ts';

const nothing = z.object({});
export const facts = requestType(
  'facts',
  nothing,
  z.object({ pid: z.number(), argv: z.array(z.string()), asNode: z.string() }),
);
export const hang = requestType('hang', nothing, nothing);
export const refuse = requestType('refuse', nothing, nothing);
export const say = requestType('say', z.object({ text: z.string() }), nothing);
export const die = notificationType('die', z.object({ how: z.enum(['exit', 'throw', 'kill']) }));
/** Sets what is done when the parent goes: write a file, fail, or never come to an end. */
export const endSlowly = requestType(
  'endSlowly',
  z.object({ file: z.string(), how: z.enum(['tidy', 'reject', 'never']) }),
  nothing,
);
