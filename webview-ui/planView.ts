/** The state of a plan: header, totals, what stands out, and the tree. */
import type { Plan, PlanNode } from '../src/shared/planProtocol.ts';
import type { ResultsState } from '../src/shared/resultsProtocol.ts';
import { answerHeading } from './answerHeader.ts';
import { button, element } from './dom.ts';
import type { Host } from './host.ts';
import { icon } from './icons.ts';
import { PlanTabs } from './planTabs.ts';
import { PlanTree } from './planTree.ts';
import { costlySentence, misestimateWords, nodesOf, nodeWords, sharesOf, totalWords } from './planWords.ts';
import { sqlBlock } from './sqlText.ts';
import type { Announce, View } from './view.ts';

type PlanState = Extract<ResultsState, { status: 'plan' }>;

/** More are in the tree. */
const mostFindings = 5;
/** The plan is what is looked at: a longer statement starts folded. */
const mostOpenLines = 3;

export function planView(state: PlanState, host: Host, announce: Announce): View {
  const { header, plan } = state;
  const tree = new PlanTree(plan);
  const tabs = new PlanTabs(plan, tree, columnHeads(plan.analyzed));
  const totals = totalWords(plan);
  const view = element(
    'div',
    { class: 'view plan-view' },
    element('div', { class: 'top' }, answerHeading(header, host), sqlOf(header.sql, host)),
    element(
      'div',
      { class: 'plan-bar' },
      element('p', { class: 'plan-totals' }, totals.join(' · ')),
      actions(state, host),
    ),
    findings(plan, (node) => tabs.show(node)),
    tabs.tabs,
    tabs.panel,
  );
  view.classList.toggle('analyzed', plan.analyzed);
  announce(`${plan.analyzed ? 'Plan, as it ran' : 'Plan'}. ${totals.join(', ')}.`);
  return { element: view, dispose: () => tabs.dispose() };
}

function actions({ plan, covers }: PlanState, host: Host): HTMLElement {
  const explain = (id: 'explain' | 'explain-analyze', label: string): HTMLElement =>
    button('link', label, () => host.act(id, 'shown'));
  return element(
    'div',
    { class: 'actions', role: 'group', 'aria-label': 'Plan actions' },
    covers === undefined ? undefined : button('link', 'Show Rows', () => host.act('show-rows')),
    plan.analyzed ? explain('explain-analyze', 'Run Again') : explain('explain-analyze', 'Explain Analyze'),
    button('link', 'Open as JSON', () => host.act('open-plan')),
  );
}

function sqlOf(sql: string, host: Host): HTMLElement {
  const open = sql.split('\n').length <= mostOpenLines;
  return element(
    'div',
    { class: 'sql-section' },
    element('details', open ? { open: '' } : {}, element('summary', {}, 'SQL'), sqlBlock(sql)),
    element(
      'div',
      { class: 'actions', role: 'group', 'aria-label': 'SQL actions' },
      button('link', 'Copy SQL', () => host.act('copy-sql', sql)),
      button('link', 'Open in Editor', () => host.act('open-sql', sql)),
    ),
  );
}

/** What is marked in the tree, as a list that leads there: first what costs, then what may help. */
function findings(plan: Plan, show: (node: PlanNode) => void): HTMLElement {
  const shares = sharesOf(plan);
  const item = (node: PlanNode, kind: string, words: string): HTMLElement => {
    const { kind: name, target } = nodeWords(node);
    const label = [name, target].filter((part) => part !== '').join(' ');
    const sign = icon(kind === 'hint' ? 'notice' : 'warning');
    const link = button('link', label, () => show(node));
    return element('li', { class: kind }, sign, element('span', {}, link, words));
  };
  const nodes = nodesOf(plan.root);
  const items = [
    ...nodes
      .filter(({ marks }) => marks.costly)
      .map((node) => item(node, 'costly', costlySentence(plan.analyzed, shares.get(node) ?? 0))),
    ...nodes.flatMap((node) => node.marks.hints.map((hint) => item(node, 'hint', hint))),
    ...nodes
      .filter((node) => isOrigin(node) && node.marks.hints.length === 0)
      .map((node) => item(node, 'misestimate', `gave ${misestimateWords(node) ?? ''}`)),
  ];
  items.push(
    ...plan.notes.map((note) => element('li', { class: 'hint' }, icon('notice'), element('span', {}, note))),
  );
  const shown = items.slice(0, mostFindings);
  const more = items.length - shown.length;
  if (more > 0) shown.push(element('li', {}, `${more} more in the tree.`));
  return element('ul', { class: 'plan-findings', 'aria-label': 'What stands out' }, ...shown);
}

/** A wrong estimate spreads to the nodes above: what is looked at first is where it began. */
function isOrigin({ marks, children }: PlanNode): boolean {
  return marks.misestimate !== undefined && children.every((child) => child.marks.misestimate === undefined);
}

function columnHeads(analyzed: boolean): HTMLElement {
  const heads = analyzed
    ? ['Node', 'Rows expected', 'Rows found', 'Time', 'Share of the time']
    : ['Node', 'Rows expected', 'Cost', 'Share of the cost'];
  return element(
    'div',
    { class: 'plan-heads', 'aria-hidden': 'true' },
    ...heads.map((head) => element('span', {}, head)),
  );
}
