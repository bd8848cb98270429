/** All that is known of the node that is selected, in a panel beside the picture. */
import type { Plan, PlanBuffers, PlanNode } from '../src/shared/planProtocol.ts';
import { element } from './dom.ts';
import { icon } from './icons.ts';
import { durationWords } from './numbers.ts';
import { costlyWords, costWords, countWords, misestimateWords, nodeWords, shareWords } from './planWords.ts';

export class PlanDetails {
  readonly element = element('aside', {
    class: 'plan-details',
    'aria-label': 'Selected node',
    tabindex: '0',
  });
  readonly #plan: Plan;
  readonly #shares: ReadonlyMap<PlanNode, number>;

  constructor(plan: Plan, shares: ReadonlyMap<PlanNode, number>) {
    this.#plan = plan;
    this.#shares = shares;
  }

  show(node: PlanNode): void {
    const { analyzed } = this.#plan;
    const { kind, target } = nodeWords(node);
    const name = [node.part, target].filter((part) => part !== undefined && part !== '').join(' · ');
    const badges = [
      node.marks.costly ? element('span', { class: 'badge costly' }, costlyWords(analyzed)) : undefined,
      badge('misestimate', misestimateWords(node)),
      node.marks.mostBlocks ? badge('blocks', 'most blocks') : undefined,
    ].filter((each) => each !== undefined);
    this.element.replaceChildren(
      element('h3', {}, kind),
      ...(name === '' ? [] : [element('p', { class: 'plan-target' }, name)]),
      ...(badges.length === 0 ? [] : [element('p', { class: 'plan-badges' }, ...badges)]),
      ...node.marks.hints.map((hint) =>
        element('p', { class: 'plan-hint' }, icon('notice'), element('span', {}, hint)),
      ),
      list(figuresOf(node, analyzed, this.#shares.get(node) ?? 0)),
      list(textsOf(node), 'texts'),
    );
    this.element.scrollTop = 0;
  }
}

type Pairs = readonly (readonly [string, string])[];

function figuresOf(node: PlanNode, analyzed: boolean, share: number): Pairs {
  const { actual, estimate, workers } = node;
  const ran: Pairs =
    actual === undefined
      ? analyzed
        ? [['Run', 'never']]
        : []
      : [
          ['Time alone', `${durationWords(actual.selfMs)} (${shareWords(share)})`],
          ['Time with all below', durationWords(actual.totalMs)],
          ['Rows found', countWords(actual.rows)],
          ...(actual.loops === 1 ? [] : [['Loops', countWords(actual.loops)] as const]),
          ...(actual.removed === 0 ? [] : [['Rows filtered out', countWords(actual.removed)] as const]),
        ];
  return [
    ...ran,
    ['Rows expected', `${countWords(estimate.rows)} of ${countWords(estimate.width)} bytes`],
    [
      'Cost alone',
      analyzed ? costWords(estimate.selfCost) : `${costWords(estimate.selfCost)} (${shareWords(share)})`,
    ],
    ['Cost', `${costWords(estimate.startupCost)} to ${costWords(estimate.totalCost)}`],
    ...(workers === undefined
      ? []
      : [['Workers', `${workers.launched} of ${workers.planned} planned`] as const]),
    ...blocksOf(node.ownBuffers, node.buffers),
  ];
}

/** Blocks of the node alone, and in brackets with all below. */
function blocksOf(own: PlanBuffers | undefined, all: PlanBuffers | undefined): Pairs {
  if (own === undefined || all === undefined) return [];
  const names = [
    ['hit', 'Blocks from memory'],
    ['read', 'Blocks from disk'],
    ['dirtied', 'Blocks changed'],
    ['written', 'Blocks written'],
    ['tempRead', 'Temporary blocks read'],
    ['tempWritten', 'Temporary blocks written'],
  ] as const;
  const blocks = names
    .filter(([key]) => all[key] > 0)
    .map(([key, name]) => [name, alone(own[key], all[key], countWords)] as const);
  const times = (['readMs', 'writeMs'] as const)
    .filter((key) => (all[key] ?? 0) > 0)
    .map(
      (key) =>
        [
          key === 'readMs' ? 'Time reading' : 'Time writing',
          alone(own[key] ?? 0, all[key] ?? 0, durationWords),
        ] as const,
    );
  return [...blocks, ...times];
}

function alone(own: number, all: number, words: (figure: number) => string): string {
  return own === all ? words(own) : `${words(own)} (${words(all)} with all below)`;
}

function textsOf(node: PlanNode): Pairs {
  const lines = [...node.details, ...node.facts.filter((fact) => !node.details.includes(fact))];
  return lines.map((line) => {
    const colon = line.indexOf(': ');
    return [line.slice(0, colon), line.slice(colon + 2)] as const;
  });
}

function list(pairs: Pairs, look = ''): HTMLElement {
  return element(
    'dl',
    { class: `plan-facts ${look}` },
    ...pairs.flatMap(([name, value]) => [element('dt', {}, name), element('dd', {}, value)]),
  );
}

function badge(kind: string, words: string | undefined): HTMLElement | undefined {
  return words === undefined ? undefined : element('span', { class: `badge ${kind}` }, words);
}
