/** What stands above the rows: question, who answered, tables, assumptions, notices, and the SQL with its buttons. */
import type { AnswerHeader } from '../src/shared/resultsProtocol.ts';
import { cellPieces } from './cellText.ts';
import { button, element } from './dom.ts';
import type { Host } from './host.ts';
import { icon, type IconName } from './icons.ts';
import { usageWords } from './numbers.ts';
import { sourceList } from './sourceList.ts';
import { sqlBlock } from './sqlText.ts';
import { trailList } from './trail.ts';

/** A statement of more lines starts folded, so that the rows are seen. */
const mostOpenLines = 8;

function chip(kind: string, iconName: IconName, label: string, title: string): HTMLElement {
  return element('span', { class: `chip ${kind}`, title }, icon(iconName), element('span', {}, label));
}

/** Whether there is something to verify: SQL that runs by itself, and that nobody has verified. */
export function mayVerify({ source, verified, parameters = [] }: AnswerHeader): boolean {
  return source !== 'verified' && verified !== true && parameters.length === 0;
}

function verifiedChip(title: string): HTMLElement {
  return chip('verified', 'verified', 'Verified', title);
}

function usageNote({ usage }: AnswerHeader): HTMLElement | undefined {
  if (usage === undefined) return undefined;
  const title = 'What the model took to write the SQL, corrections included';
  return element('span', { class: 'usage', title }, usageWords(usage));
}

function sourceChip(header: AnswerHeader): HTMLElement {
  switch (header.source) {
    case 'verified':
      return verifiedChip('This SQL belongs to a question that someone has verified.');
    case 'model':
      return chip('model', 'model', header.model ?? 'Model', 'This model wrote the SQL.');
    case 'typed':
      return chip('typed', 'typed', 'Typed by you', 'You wrote this SQL.');
  }
}

/** The connection by name, with the badge of its label in its colour, and a mark when it may write. */
export function connectionChip({
  connection,
  connectionLook: look,
}: Pick<AnswerHeader, 'connection' | 'connectionLook'>): HTMLElement {
  const made = chip('connection', 'database', connection, `Connection: ${connection}`);
  if (look === undefined) return made;
  const colour = look.colour ?? 'none';
  if (look.colour !== undefined) made.dataset['colour'] = colour;
  if (look.label !== undefined) {
    const attributes = { class: `badge${look.production ? ' production' : ''}`, 'data-colour': colour };
    made.append(element('span', attributes, look.label));
  }
  if (look.writable) made.append(element('span', { class: 'badge writable' }, 'write allowed'));
  return made;
}

function tableChips(tables: readonly string[]): HTMLElement | undefined {
  if (tables.length === 0) return undefined;
  const items = tables.map((table) => element('li', {}, chip('table', 'table', table, `Reads ${table}`)));
  return element('ul', { class: 'tables', 'aria-label': 'Tables used' }, ...items);
}

/** What was bound; NULL is told from a text that reads so by its looks, as in the grid. */
export function parameterList(parameters: AnswerHeader['parameters']): HTMLElement | undefined {
  if (parameters === undefined || parameters.length === 0) return undefined;
  const items = parameters.map(({ name, value }) =>
    element(
      'li',
      { title: value ?? 'NULL' },
      element('span', { class: 'parameter-name' }, name),
      value === null
        ? element('span', { class: 'parameter-null' }, 'NULL')
        : element('span', { class: 'parameter-value' }, ...valuePieces(value)),
    ),
  );
  return element('ul', { class: 'parameters', 'aria-label': 'Parameters' }, ...items);
}

function valuePieces(value: string): Node[] {
  if (value === '') return [element('span', { class: 'mark' }, "''")];
  return cellPieces(value).map(({ text, mark }) =>
    mark ? element('span', { class: 'mark' }, text) : document.createTextNode(text),
  );
}

function notes(
  kind: 'assumption' | 'notice',
  label: string,
  texts: readonly string[],
): HTMLElement | undefined {
  if (texts.length === 0) return undefined;
  const items = texts.map((text) => element('li', {}, icon(kind), element('span', {}, text)));
  return element('ul', { class: `notes ${kind}`, 'aria-label': label }, ...items);
}

/** What the question may mean as well: pressing one asks again with it. */
function readingList(readings: AnswerHeader['readings'], host: Host): HTMLElement | undefined {
  if (readings === undefined || readings.length === 0) return undefined;
  const items = readings.map((reading) =>
    element(
      'li',
      {},
      button('secondary', reading, () => host.act('follow-up', reading)),
    ),
  );
  return element(
    'div',
    { class: 'readings' },
    element('h2', {}, 'Or did you mean'),
    element('ul', { 'aria-label': 'Other readings' }, ...items),
  );
}

/** The statement, folded or open, with what can be done with it. */
export function sqlSection(
  sql: string,
  withQuestion: boolean,
  host: Host,
  {
    position,
    mayVerify = false,
  }: { readonly position?: number | undefined; readonly mayVerify?: boolean } = {},
): HTMLElement {
  const open = position !== undefined || sql.split('\n').length <= mostOpenLines;
  const actions = element(
    'div',
    { class: 'actions', role: 'group', 'aria-label': 'SQL actions' },
    button('link', 'Copy SQL', () => host.act('copy-sql', sql)),
    button('link', 'Open in Editor', () => host.act('open-sql', sql)),
    button('link', 'Explain', () => host.act('explain', 'shown')),
    mayVerify ? button('link', 'Mark as Verified', () => host.act('mark-verified', 'shown')) : undefined,
    withQuestion ? button('link', 'Show What Was Sent', () => host.act('show-sent')) : undefined,
    withQuestion
      ? button('link', 'Ask Again', () => host.act('ask-again'))
      : button('link', 'Run Again', () => host.act('run-again')),
  );
  const details = element(
    'details',
    open ? { open: '' } : {},
    element('summary', {}, 'SQL'),
    sqlBlock(sql, position),
  );
  return element('div', { class: 'sql-section' }, details, actions);
}

/** The heading with its chips: what is known of an answer before and after its rows. */
export function answerHeading(header: AnswerHeader, host: Host): HTMLElement {
  return element(
    'header',
    { class: 'answer' },
    trailList(header.trail, host),
    header.question === undefined ? undefined : element('h1', {}, header.question),
    element(
      'div',
      { class: 'chips' },
      sourceChip(header),
      header.verified === true ? verifiedChip('You have marked this SQL as verified.') : undefined,
      connectionChip(header),
      tableChips(header.tables),
      usageNote(header),
    ),
    parameterList(header.parameters),
    header.explanation === undefined ? undefined : element('p', { class: 'explanation' }, header.explanation),
    sourceList(header.sources, host),
    notes('assumption', 'Assumptions', header.assumptions),
    readingList(header.readings, host),
    notes('notice', 'Notices', header.notices),
  );
}
