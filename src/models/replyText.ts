/** Gathers a reply's text as it is streamed, and stops a reply that would never end. */
import { KhipuError } from '../shared/errors.ts';
import type { Watch } from './timeouts.ts';

/** Twice what the guard reads of a statement: no answer is longer, and more of it would only cost tokens. */
export const maxReplyChars = 200_000;

export interface ReplyText {
  /**
   * Takes the next piece, and passes it on.
   * @throws KhipuError `model-failed` when there is too much of it; whoever streams then closes the connection
   */
  add(piece: string): void;
  /** All that has come. */
  text(): string;
}

/** @param who the model or its server, for the message */
export function gatherReply(who: string, watch: Watch, onText: (piece: string) => void): ReplyText {
  let text = '';
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
      onText(piece);
    },
    text: () => text,
  };
}
