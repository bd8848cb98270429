/** The state before a costly statement: what it is expected to cost, and the user's yes or no. */
import { costSentence } from '../src/shared/costProtocol.ts';
import type { ResultsState } from '../src/shared/resultsProtocol.ts';
import { answerHeading } from './answerHeader.ts';
import { button, element } from './dom.ts';
import type { Host } from './host.ts';
import { icon } from './icons.ts';
import { PlanTree } from './planTree.ts';
import { sqlBlock } from './sqlText.ts';
import type { Announce, View } from './view.ts';

type CostlyState = Extract<ResultsState, { status: 'costly' }>;

export function costlyView(state: CostlyState, host: Host, announce: Announce): View {
  const { header, cost, costLimit, plan } = state;
  const sentence = costSentence(cost);
  const limit = `Above ${costLimit.toLocaleString()}, you are asked first (setting khipu.ask.costLimit).`;
  const shown = plan === undefined ? undefined : planSection(plan);
  const showPlan = (): void => {
    if (shown === undefined) return;
    shown.hidden = !shown.hidden;
    toggle.textContent = shown.hidden ? 'Show Plan' : 'Hide Plan';
    toggle.setAttribute('aria-expanded', String(!shown.hidden));
  };
  const toggle = button('secondary', 'Show Plan', showPlan);
  toggle.setAttribute('aria-expanded', 'false');
  const view = element(
    'div',
    { class: 'view costly-view' },
    element('div', { class: 'top' }, answerHeading(header, host)),
    element(
      'section',
      { class: 'cost-question', 'aria-label': 'Cost' },
      icon('warning'),
      element(
        'div',
        { class: 'problem-text' },
        element('p', { class: 'what' }, 'This may take long. It has not been run.'),
        element('p', { class: 'next' }, sentence),
        element('p', { class: 'next' }, limit),
        element(
          'div',
          { class: 'problem-actions' },
          button('primary', 'Run Anyway', () => host.act('run-anyway')),
          shown === undefined ? undefined : toggle,
          button('secondary', 'Open SQL', () => host.act('open-sql', header.sql)),
          button('secondary', 'Cancel', () => host.act('cancel')),
        ),
      ),
    ),
    shown,
    element('figure', { class: 'faulty-sql' }, element('figcaption', {}, 'SQL'), sqlBlock(header.sql)),
  );
  announce(`This may take long. It has not been run. ${sentence}`);
  return { element: view, dispose: () => undefined };
}

function planSection(plan: NonNullable<CostlyState['plan']>): HTMLElement {
  const heads = ['Node', 'Rows expected', 'Cost', 'Share of the cost'];
  return element(
    'section',
    { class: 'plan', 'aria-label': 'Plan', hidden: '' },
    element(
      'div',
      { class: 'plan-heads', 'aria-hidden': 'true' },
      ...heads.map((head) => element('span', {}, head)),
    ),
    new PlanTree(plan).element,
  );
}
