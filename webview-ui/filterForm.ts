/** The form in which a column is filtered: a test by its type, what it is tested against, Apply. */
import type { RowFilter } from '../src/shared/arrangement.ts';
import { columnKind, type ColumnKind } from '../src/shared/columnKind.ts';
import type { MenuPlace } from './contextMenu.ts';
import { button, element } from './dom.ts';

type Test = RowFilter['test'];

const labels: Readonly<Record<Test, string>> = {
  contains: 'contains',
  equals: 'equals',
  less: 'is less than',
  greater: 'is greater than',
  between: 'is between',
  values: 'is one of',
  empty: 'is empty',
  null: 'is NULL',
  'not-null': 'is not NULL',
};

const tests: Readonly<Record<ColumnKind, readonly Test[]>> = {
  text: ['contains', 'equals', 'values', 'empty', 'null', 'not-null'],
  number: ['equals', 'less', 'greater', 'between', 'values', 'null', 'not-null'],
  time: ['greater', 'less', 'between', 'equals', 'null', 'not-null'],
  boolean: ['equals', 'null', 'not-null'],
  other: ['contains', 'equals', 'less', 'greater', 'null', 'not-null'],
};

const mostValues = 1000;

/** What the form says, as far as it is complete. */
export function filterOf(test: Test, column: number, first: string, second: string): RowFilter | undefined {
  switch (test) {
    case 'contains':
      return first === '' ? undefined : { test, column, text: first };
    case 'equals':
    case 'less':
    case 'greater':
      return first === '' ? undefined : { test, column, value: first };
    case 'between':
      return first === '' || second === '' ? undefined : { test, column, low: first, high: second };
    case 'values': {
      const values = first.split('\n').filter((line) => line !== '');
      if (values.length === 0 || values.length > mostValues) return undefined;
      return { test, column, values: values.map((value) => (value === 'NULL' ? null : value)) };
    }
    case 'empty':
    case 'null':
    case 'not-null':
      return { test, column };
  }
}

/** What stands in the fields for a filter that is there already. */
function fieldsOf(filter: RowFilter): [string, string] {
  switch (filter.test) {
    case 'contains':
      return [filter.text, ''];
    case 'equals':
    case 'less':
    case 'greater':
      return [filter.value, ''];
    case 'between':
      return [filter.low, filter.high];
    case 'values':
      return [filter.values.map((value) => value ?? 'NULL').join('\n'), ''];
    case 'empty':
    case 'null':
    case 'not-null':
      return ['', ''];
  }
}

export interface FilterColumn {
  readonly name: string;
  readonly type: string;
  /** Place in the row. */
  readonly column: number;
}

/** One form at a time; whoever makes it closes it with the view. */
export class FilterForm {
  #open: { readonly form: HTMLElement; readonly closing: AbortController } | undefined;

  /**
   * Opens the form with its first field focused.
   * @param now the filter that the column has
   * @param apply told of the new one; undefined takes it away
   * @param onClose told when it has closed: the place for giving the focus back
   */
  show(
    column: FilterColumn,
    now: RowFilter | undefined,
    place: MenuPlace,
    host: HTMLElement,
    apply: (filter: RowFilter | undefined) => void,
    onClose: () => void,
  ): void {
    this.close();
    const closing = new AbortController();
    const { signal } = closing;
    const close = (): void => {
      if (this.#open?.closing !== closing) return;
      this.close();
      onClose();
    };
    const form = formOf(column, now, apply, close);
    this.#open = { form, closing };
    host.append(form);
    const { width, height } = form.getBoundingClientRect();
    form.style.setProperty('left', `${Math.max(4, Math.min(place.x, window.innerWidth - width - 4))}px`);
    form.style.setProperty('top', `${Math.max(4, Math.min(place.y, window.innerHeight - height - 4))}px`);
    const outside = (event: Event): void => {
      if (!(event.target instanceof Node && form.contains(event.target))) close();
    };
    document.addEventListener('pointerdown', outside, { capture: true, signal });
    window.addEventListener('resize', close, { signal });
    const field = form.querySelector<HTMLElement>('.field:not([hidden])');
    (field ?? form.querySelector<HTMLElement>('select'))?.focus();
  }

  /** Closes it without a word. */
  close(): void {
    const open = this.#open;
    this.#open = undefined;
    open?.closing.abort();
    open?.form.remove();
  }
}

function formOf(
  { name, type, column }: FilterColumn,
  now: RowFilter | undefined,
  apply: (filter: RowFilter | undefined) => void,
  close: () => void,
): HTMLElement {
  const kind = columnKind(type);
  const [first, second] = now === undefined ? ['', ''] : fieldsOf(now);
  const chosen = element('select', { class: 'test', 'aria-label': 'Test' });
  for (const test of tests[kind]) chosen.append(element('option', { value: test }, labels[test]));
  if (now !== undefined) chosen.value = now.test;
  const fields = fieldsFor(kind, first, second);
  const fault = element('p', { class: 'filter-fault', role: 'alert' });
  const form = element(
    'form',
    { class: 'filter-form', role: 'dialog', 'aria-label': `Filter ${name}` },
    element('p', { class: 'filter-title' }, `Filter ${name}`),
    chosen,
    fields.one,
    fields.other,
    fields.list,
    fault,
  );
  const read = (): RowFilter | undefined => {
    const test = tests[kind].find((each) => each === chosen.value) ?? 'equals';
    return filterOf(
      test,
      column,
      test === 'values' ? fields.list.value : fields.one.value,
      fields.other.value,
    );
  };
  const shape = (): void => {
    const needsNone = ['empty', 'null', 'not-null'].includes(chosen.value);
    fields.one.hidden = needsNone || chosen.value === 'values';
    fields.other.hidden = chosen.value !== 'between';
    fields.list.hidden = chosen.value !== 'values';
    fault.textContent = '';
  };
  chosen.addEventListener('change', shape);
  shape();
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    const filter = read();
    if (filter === undefined) {
      fault.textContent =
        chosen.value === 'values' ? `Enter 1 to ${mostValues.toLocaleString()} values.` : 'Enter a value.';
      return;
    }
    close();
    apply(filter);
  });
  form.addEventListener('keydown', (event) => {
    event.stopPropagation();
    if (event.key === 'Escape') close();
    else if (event.key === 'Enter' && event.ctrlKey) form.requestSubmit();
    else return;
    event.preventDefault();
  });
  const submit = element('button', { type: 'submit', class: 'button primary' }, 'Apply');
  const clear = button('secondary', 'Clear Filter', () => {
    close();
    apply(undefined);
  });
  form.append(element('div', { class: 'filter-actions' }, submit, now === undefined ? undefined : clear));
  return form;
}

function fieldsFor(
  kind: ColumnKind,
  first: string,
  second: string,
): { one: HTMLInputElement | HTMLSelectElement; other: HTMLInputElement; list: HTMLTextAreaElement } {
  const input = (label: string, value: string): HTMLInputElement => {
    const made = element('input', { type: 'text', class: 'field', 'aria-label': label, spellcheck: 'false' });
    made.value = value;
    if (kind === 'time') made.placeholder = '2026-01-31 or 2026-01-31 12:00';
    return made;
  };
  const list = element('textarea', {
    class: 'field',
    rows: '5',
    'aria-label': 'Values, one a line',
    placeholder: 'One value a line; NULL for NULL',
    spellcheck: 'false',
  });
  list.value = first;
  const other = input('and', second);
  if (kind !== 'boolean') return { one: input('Value', first), other, list };
  const one = element('select', { class: 'field', 'aria-label': 'Value' });
  one.append(element('option', { value: 't' }, 'true'), element('option', { value: 'f' }, 'false'));
  if (first !== '') one.value = first;
  return { one, other, list };
}
