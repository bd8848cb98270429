/** How a connection is shown wherever it is named: its label and colour, and whether it may write. */
import * as z from 'zod/mini';

/** VS Code's chart colours: they follow the theme. */
export const connectionColours = ['red', 'orange', 'yellow', 'green', 'blue', 'purple'] as const;
export type ConnectionColour = (typeof connectionColours)[number];

export const connectionLook = z.object({
  /** The user's word for the kind of server: production, staging… */
  label: z.optional(z.string()),
  colour: z.optional(z.enum(connectionColours)),
  /** What is done there is done to what people live from. */
  production: z.boolean(),
  /** Statements that write may pass. */
  writable: z.boolean(),
});
export type ConnectionLook = z.infer<typeof connectionLook>;
