/** The state before the first question. */
import { button, element } from './dom.ts';
import type { Host } from './host.ts';
import { icon } from './icons.ts';
import type { View } from './view.ts';

export function emptyView(host: Host): View {
  const view = element(
    'div',
    { class: 'view empty-view' },
    icon('khipu'),
    element('h1', {}, 'Ask your database'),
    element(
      'p',
      {},
      'The SQL and the rows of your question appear here. Nothing is written to the database.',
    ),
    button('primary', 'Ask a Question', () => host.act('ask-again')),
  );
  return { element: view, dispose: () => undefined };
}
