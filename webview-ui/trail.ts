/** The questions that an answer goes on from, and a way to start anew. */
import { button, element } from './dom.ts';
import type { Host } from './host.ts';

/** Each question can be pressed: its SQL is run again. Nothing for a question that started anew. */
export function trailList(trail: readonly string[] | undefined, host: Host): HTMLElement | undefined {
  if (trail === undefined || trail.length === 0) return undefined;
  const items = trail.map((question, place) => {
    const link = button('link', question, () => host.act('open-turn', String(place)));
    link.title = `Go back to: ${question}`;
    return element('li', {}, link);
  });
  return element(
    'nav',
    { class: 'trail', 'aria-label': 'Conversation' },
    element('ol', {}, ...items),
    button('link', 'Start Anew', () => host.act('start-anew')),
  );
}
