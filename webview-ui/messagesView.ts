/** What the server said beside the rows: a list that opens above the status line, and the button that opens it. */
import type { ServerMessage, ServerMessages } from '../src/shared/serverMessages.ts';
import { element } from './dom.ts';
import { icon } from './icons.ts';

type Weight = 'warning' | 'notice';

/** Severities come in the server's language: only what is surely a warning is shown as one. */
function weightOf({ severity, sqlState }: ServerMessage): Weight {
  return severity === 'WARNING' || sqlState?.startsWith('01') === true ? 'warning' : 'notice';
}

/** `1 message`, `1,003 messages`. */
export function messageCountWords({ items, more }: ServerMessages): string {
  const count = items.length + more;
  return count === 1 ? '1 message' : `${count.toLocaleString()} messages`;
}

function lineOf(label: string, text: string | undefined): HTMLElement | undefined {
  if (text === undefined) return undefined;
  return element(
    'p',
    { class: 'message-part' },
    element('span', { class: 'message-label' }, `${label}: `),
    text,
  );
}

function itemOf(message: ServerMessage): HTMLElement {
  const weight = weightOf(message);
  return element(
    'li',
    { class: `message ${weight}` },
    icon(weight === 'warning' ? 'warning' : 'notice'),
    element('span', { class: 'severity' }, message.severity),
    element(
      'div',
      { class: 'message-text' },
      element('p', {}, message.text),
      lineOf('Detail', message.detail),
      lineOf('Hint', message.hint),
      lineOf('Where', message.where),
    ),
  );
}

/** The messages as a list, the first ones and how many more there were. */
export function messageList({ items, more }: ServerMessages): HTMLElement {
  const list = element(
    'ul',
    { class: 'messages', 'aria-label': 'Messages of the server', tabindex: '0' },
    ...items.map(itemOf),
  );
  if (more > 0) {
    const rest = `and ${more.toLocaleString()} more, which are not kept.`;
    list.append(element('li', { class: 'message-rest' }, rest));
  }
  return list;
}

/** A list that is closed at first, and its button for the status line; neither is there while there is no message. */
export class MessagesView {
  readonly list = element('div', { class: 'messages-drawer', hidden: '' });
  readonly toggle = element('button', { type: 'button', class: 'button link messages-toggle', hidden: '' });
  #messages: ServerMessages | undefined;
  #open = false;

  constructor(messages: ServerMessages | undefined) {
    this.toggle.addEventListener('click', () => {
      this.#open = !this.#open;
      this.#show();
      if (this.#open) this.list.querySelector<HTMLElement>('.messages')?.focus();
    });
    this.list.addEventListener('keydown', (event) => {
      if (event.key !== 'Escape') return;
      this.#open = false;
      this.#show();
      this.toggle.focus();
    });
    if (messages !== undefined) this.set(messages);
  }

  set(messages: ServerMessages): void {
    this.#messages = messages;
    const warns = messages.items.some((message) => weightOf(message) === 'warning');
    this.toggle.replaceChildren(icon(warns ? 'warning' : 'notice'), messageCountWords(messages));
    this.toggle.classList.toggle('warning', warns);
    this.toggle.hidden = false;
    this.#show();
  }

  #show(): void {
    this.toggle.setAttribute('aria-expanded', String(this.#open));
    this.list.hidden = !this.#open;
    this.list.replaceChildren(
      ...(this.#open && this.#messages !== undefined ? [messageList(this.#messages)] : []),
    );
  }
}
