/** Gathers a reply's text as it is streamed, and stops a reply that would never end. */
import { KhipuError } from '../shared/errors.ts';
import type { Watch } from './timeouts.ts';

/** Twice what the guard reads of a statement: no answer is longer, and more of it would only cost tokens. */
export const maxReplyChars = 200_000;

/** Whoever shows a reply as it comes reads it anew with each piece: from this length on that is not done for every word. */
const shortChars = 4000;
const pauseMs = 40;

export interface ReplyText {
  /**
   * Takes the next piece, and passes it on: at once while the reply is short, later some at a time.
   * @throws KhipuError `model-failed` when there is too much of it; whoever streams then closes the connection
   */
  add(piece: string): void;
  /** Passes on what is left. @returns all that has come */
  end(): string;
}

/** @param who the model or its server, for the message */
export function gatherReply(who: string, watch: Watch, onText: (piece: string) => void): ReplyText {
  let text = '';
  let waiting = '';
  let passedAt = 0;
  const pass = (): void => {
    if (waiting === '') return;
    const pieces = waiting;
    waiting = '';
    passedAt = performance.now();
    onText(pieces);
  };
  return {
    add(piece) {
      if (piece === '') return;
      text += piece;
      watch.wrote();
      if (text.length > maxReplyChars) {
        const much = `more than ${maxReplyChars / 1000},000 characters`;
        throw new KhipuError('model-failed', `${who} sends a reply without end (${much}); it was stopped.`, {
          subject: who,
        });
      }
      waiting += piece;
      if (text.length < shortChars || performance.now() - passedAt > pauseMs) pass();
    },
    end() {
      pass();
      return text;
    },
  };
}
