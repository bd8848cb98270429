/** The state of failure: what happened, what to do, where in the SQL, and what could be meant instead. */
import type { Problem, ResultsState } from '../src/shared/resultsProtocol.ts';
import { answerHeading } from './answerHeader.ts';
import { button, element } from './dom.ts';
import type { Host } from './host.ts';
import { icon } from './icons.ts';
import { messageCountWords, messageList } from './messagesView.ts';
import { sqlBlock } from './sqlText.ts';
import { placeOf } from './sqlTokens.ts';
import { trailList } from './trail.ts';
import type { Announce, View } from './view.ts';

type FailedState = Extract<ResultsState, { status: 'failed' }>;
type Choose = (candidate: string) => void;

function faultySql({ sql, position }: Problem): HTMLElement | undefined {
  if (sql === undefined) return undefined;
  const place = position === undefined ? undefined : placeOf(sql, position);
  const where = place === undefined ? 'SQL' : `SQL, line ${place.line}, column ${place.column}`;
  return element(
    'figure',
    { class: 'faulty-sql' },
    element('figcaption', {}, where),
    sqlBlock(sql, position),
  );
}

function candidateList(candidates: readonly string[], choose: Choose | undefined): HTMLElement | undefined {
  if (candidates.length === 0) return undefined;
  // Names have no blanks; what has some is a question.
  const label = candidates.some((candidate) => /\s/.test(candidate)) ? 'You could ask' : 'Did you mean';
  const items = candidates.map((candidate) =>
    element(
      'li',
      {},
      choose === undefined ? candidate : button('secondary', candidate, () => choose(candidate)),
    ),
  );
  return element('div', { class: 'candidates' }, element('h2', {}, label), element('ul', {}, ...items));
}

function actionRow({ actions, sql }: Problem, host: Host): HTMLElement | undefined {
  if (actions.length === 0) return undefined;
  const made = actions.map(({ id, label, value }, index) =>
    button(index === 0 ? 'primary' : 'secondary', label, () =>
      host.act(id, id === 'open-sql' || id === 'copy-sql' ? sql : value),
    ),
  );
  return element('div', { class: 'problem-actions' }, ...made);
}

/** What the server said before it failed. */
function problemMessages({ messages }: Problem): HTMLElement | undefined {
  if (messages === undefined) return undefined;
  const heading = element('h2', {}, `${messageCountWords(messages)} before the failure`);
  return element('section', { class: 'problem-messages' }, heading, messageList(messages));
}

/**
 * The view; it moves the marked place of the SQL into sight once it is in the page.
 * @param choose what a candidate that is pressed does; without it candidates are there to be read
 */
export function problemView(state: FailedState, host: Host, announce: Announce, choose?: Choose): View {
  const { problem, header } = state;
  const question = state.question ?? header?.question;
  const view = element(
    'div',
    { class: 'view problem-view' },
    header === undefined ? undefined : answerHeading({ ...header, question }, host),
    header !== undefined || question === undefined
      ? undefined
      : element('header', { class: 'answer' }, trailList(state.trail, host), element('h1', {}, question)),
    element(
      'section',
      { class: 'problem', 'aria-label': 'Problem' },
      icon('failed'),
      element(
        'div',
        { class: 'problem-text' },
        element('p', { class: 'what' }, problem.what),
        element('p', { class: 'next' }, problem.next),
        actionRow(problem, host),
      ),
    ),
    candidateList(problem.candidates, choose),
    problemMessages(problem),
    faultySql(problem),
  );
  announce(`${problem.what} ${problem.next}`);
  return {
    element: view,
    mounted: () => view.querySelector('.sql-fault')?.scrollIntoView({ block: 'nearest' }),
    dispose: () => undefined,
  };
}
