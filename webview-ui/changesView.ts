/** The state of changes: the bar that decides on them, the statements, and a sample of what each changed. */
import type { Changes, OutcomeNews, StatementEffect } from '../src/shared/changesProtocol.ts';
import { answerHeading, parameterList } from './answerHeader.ts';
import { ChangesBar } from './changesBar.ts';
import { effectWords, sampleWords, shortWords } from './changesWords.ts';
import { button, element } from './dom.ts';
import { ResultGrid } from './grid.ts';
import type { Host } from './host.ts';
import { MessagesView } from './messagesView.ts';
import { durationWords } from './numbers.ts';
import { RowPages } from './rowPages.ts';
import { sqlBlock } from './sqlText.ts';
import type { Announce, View } from './view.ts';

/** A statement of more lines starts folded, so that the rows are seen. */
const mostOpenLines = 8;

export class ChangesView implements View {
  readonly element: HTMLElement;
  readonly changesId: string;
  readonly #changes: Changes;
  readonly #host: Host;
  readonly #nonce: string;
  readonly #announce: Announce;
  readonly #bar: ChangesBar;
  readonly #list = element('ol', { class: 'effects', 'aria-label': 'Statements' });
  readonly #shown = element('div', { class: 'effect' });
  #sample: { readonly grid: ResultGrid; readonly pages: RowPages } | undefined;

  constructor(changes: Changes, host: Host, nonce: string, announce: Announce) {
    this.changesId = changes.changesId;
    this.#changes = changes;
    this.#host = host;
    this.#nonce = nonce;
    this.#announce = announce;
    this.#bar = new ChangesBar(changes, host);
    this.element = element(
      'div',
      { class: 'view rows-view changes-view' },
      this.#bar.element,
      answerHeading(headingOf(changes), host),
      changes.statements.length > 1 ? this.#list : undefined,
      this.#shown,
    );
    announce(this.#bar.setOutcome(changes));
  }

  mounted(): void {
    // The last one is what was done now, where the others only led up to it.
    this.#show(this.#changes.statements.length - 1);
  }

  setOutcome(news: OutcomeNews): void {
    const hadFocus = this.#bar.element.contains(document.activeElement);
    this.#announce(this.#bar.setOutcome(news));
    if (hadFocus) this.element.querySelector<HTMLElement>('.effect summary')?.focus();
  }

  dispose(): void {
    this.#sample?.grid.dispose();
    this.#sample?.pages.dispose();
  }

  #show(index: number): void {
    const effect = this.#changes.statements[index];
    if (effect === undefined) return;
    this.dispose();
    this.#sample = undefined;
    this.#list.replaceChildren(...this.#changes.statements.map((each, at) => this.#item(each, at, index)));
    const body = element('section', { class: 'rows', 'aria-label': 'Sample' });
    const messages = new MessagesView(effect.messages);
    const foot = footer(effect);
    foot.append(messages.toggle);
    this.#shown.replaceChildren(this.#sqlOf(effect), body, messages.list, foot);
    if (effect.columns.length === 0) {
      body.append(element('p', { class: 'no-rows' }, effect.note ?? 'This statement gives no rows back.'));
      return;
    }
    const { columns, sample: firstRows } = effect;
    const pages = samplePages(effect);
    const content = {
      label: effectWords(effect, this.#changes.outcome),
      columns,
      firstRows,
      pages,
      nonce: this.#nonce,
    };
    const grid = new ResultGrid(content, this.#announce, () => undefined);
    this.#sample = { grid, pages };
    body.append(grid.element);
    if (firstRows.length === 0) body.append(element('p', { class: 'no-rows' }, 'No rows.'));
    grid.mounted();
  }

  #item(effect: StatementEffect, at: number, shown: number): HTMLElement {
    const made = button('link', shortWords(effect), () => this.#show(at));
    made.setAttribute('aria-pressed', String(at === shown));
    made.title = effect.sql;
    return element('li', {}, element('span', { class: 'place' }, String(at + 1)), made);
  }

  #sqlOf({ sql, parameters }: StatementEffect): HTMLElement {
    const open = sql.split('\n').length <= mostOpenLines && this.#changes.statements.length === 1;
    return element(
      'div',
      { class: 'sql-section' },
      element('details', open ? { open: '' } : {}, element('summary', {}, 'SQL'), sqlBlock(sql)),
      parameterList(parameters),
      element(
        'div',
        { class: 'actions', role: 'group', 'aria-label': 'SQL actions' },
        button('link', 'Copy SQL', () => this.#host.act('copy-sql', sql)),
        button('link', 'Open in Editor', () => this.#host.act('open-sql', sql)),
      ),
    );
  }
}

/** The sample is here whole. */
function samplePages({ columns, sample }: StatementEffect): RowPages {
  return new RowPages({
    columnCount: columns.length,
    firstRows: sample,
    total: { rows: sample.length, complete: true },
    fetch: () => Promise.reject(new Error('There are no more rows in a sample.')),
    onRows: () => undefined,
    onTotal: () => undefined,
    onFault: () => undefined,
  });
}

function headingOf({ connection, connectionLook, statements }: Changes): Parameters<typeof answerHeading>[0] {
  const notices = statements.flatMap(({ note, columns }) =>
    note === undefined || columns.length === 0 ? [] : [note],
  );
  return {
    sql: '',
    tables: [],
    source: 'typed',
    assumptions: [],
    notices: [...new Set(notices)],
    connection,
    connectionLook,
  };
}

function footer(effect: StatementEffect): HTMLElement {
  const duration = element(
    'span',
    { class: 'duration', title: 'The statement took so long' },
    durationWords(effect.ms),
  );
  const words = effect.columns.length === 0 ? shortWords(effect) : sampleWords(effect);
  return element('footer', { class: 'status' }, element('span', { class: 'row-count' }, words), duration);
}
