/** The messages of the statements on one connection, within bounds: a statement that floods costs no memory. */
import type { ServerMessage, ServerMessages } from '../shared/serverMessages.ts';

/** What `pg` tells of a notice. */
export interface WireNotice {
  readonly severity?: string | undefined;
  readonly message?: string | undefined;
  readonly detail?: string | undefined;
  readonly hint?: string | undefined;
  readonly where?: string | undefined;
  readonly code?: string | undefined;
}

/** Nobody reads more. */
export const mostMessages = 1000;
/** In UTF-16 units, of one field and of all messages. */
const longestField = 10_000;
const mostText = 1_000_000;

export class MessageLog {
  #items: ServerMessage[] = [];
  #more = 0;
  #text = 0;

  add(notice: WireNotice): void {
    if (this.#items.length >= mostMessages || this.#text >= mostText) {
      this.#more += 1;
      return;
    }
    const { severity = 'NOTICE', message = '', code } = notice;
    const item: ServerMessage = { severity, text: this.#keep(message) ?? '' };
    const where = this.#keep(notice.where);
    const detail = this.#keep(notice.detail);
    const hint = this.#keep(notice.hint);
    this.#items.push({
      ...item,
      ...(detail === undefined ? {} : { detail }),
      ...(hint === undefined ? {} : { hint }),
      ...(where === undefined ? {} : { where }),
      ...(code === undefined ? {} : { sqlState: code }),
    });
  }

  /** What has been said since the log was last cleared; undefined when that was nothing. */
  get messages(): ServerMessages | undefined {
    return this.#items.length === 0 ? undefined : { items: [...this.#items], more: this.#more };
  }

  clear(): void {
    this.#items = [];
    this.#more = 0;
    this.#text = 0;
  }

  #keep(field: string | undefined): string | undefined {
    if (field === undefined) return undefined;
    const kept = field.length <= longestField ? field : `${field.slice(0, longestField).toWellFormed()}…`;
    this.#text += kept.length;
    return kept;
  }
}

/** Messages of one statement that came in two parts, within the bounds of one. */
export function joinMessages(
  first: ServerMessages | undefined,
  then: ServerMessages | undefined,
): ServerMessages | undefined {
  if (first === undefined || then === undefined) return first ?? then;
  const items = [...first.items, ...then.items];
  const kept = first.more > 0 ? first.items : items.slice(0, mostMessages);
  return { items: kept, more: first.more + then.more + items.length - kept.length };
}
