/** A line to write in, with a button: what is written goes to the host by Enter or the button. */
import { button, element } from './dom.ts';
import type { Host } from './host.ts';

interface WordsBoxLook {
  /** What screen readers call it. */
  readonly label: string;
  readonly placeholder: string;
  readonly send: string;
}

/** Goes on with the conversation by the words that are written. */
export function wordsBox({ label, placeholder, send }: WordsBoxLook, host: Host): HTMLFormElement {
  const input = element('input', { type: 'text', 'aria-label': label, placeholder, autocomplete: 'off' });
  const go = button('secondary', send, () => undefined);
  go.type = 'submit';
  const form = element('form', { class: 'words-box' }, input, go);
  const update = (): void => void (go.disabled = input.value.trim() === '');
  input.addEventListener('input', update);
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    const words = input.value.trim();
    if (words !== '') host.act('follow-up', words);
  });
  update();
  return form;
}
