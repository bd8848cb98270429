/** The passages of documents that an answer rests on, each a link to its place. */
import type { AnswerHeader, Citation } from '../src/shared/resultsProtocol.ts';
import { placeName } from '../src/shared/sourcePlace.ts';
import { element } from './dom.ts';
import type { Host } from './host.ts';
import { icon } from './icons.ts';

/** Nothing when there are none. */
export function sourceList(sources: AnswerHeader['sources'], host: Host): HTMLElement | undefined {
  if (sources === undefined || sources.length === 0) return undefined;
  const items = sources.map((source, index) => element('li', {}, link(source, index, host)));
  return element(
    'div',
    { class: 'sources' },
    element('span', { class: 'sources-label', id: 'sources-label' }, icon('document'), 'Sources'),
    element('ul', { 'aria-labelledby': 'sources-label' }, ...items),
  );
}

function link(source: Citation, index: number, host: Host): HTMLElement {
  const { file, heading } = source;
  const name = file.slice(file.lastIndexOf('/') + 1);
  const made = element(
    'button',
    { type: 'button', class: 'source', title: `Open ${file}, ${placeName(source)}` },
    element('span', { class: 'source-file' }, name),
    element(
      'span',
      { class: 'source-place' },
      [...(heading.length === 0 ? [] : [heading.join(' › ')]), placeName(source)].join(', '),
    ),
  );
  made.addEventListener('click', () => host.act('open-source', String(index)));
  return made;
}
