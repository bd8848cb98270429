/** The state of a question back: what the model wants to know, answers to choose from, and room for another one. */
import type { ResultsState } from '../src/shared/resultsProtocol.ts';
import { button, element } from './dom.ts';
import type { Host } from './host.ts';
import { icon } from './icons.ts';
import { trailList } from './trail.ts';
import type { Announce, View } from './view.ts';
import { wordsBox } from './wordsBox.ts';

type QuestionBackState = Extract<ResultsState, { status: 'question-back' }>;

export function questionBackView(state: QuestionBackState, host: Host, announce: Announce): View {
  const { question, trail, askedBack, options, model } = state;
  const choices = options.map((option) =>
    element(
      'li',
      {},
      button('secondary', option, () => host.act('follow-up', option)),
    ),
  );
  const list =
    choices.length === 0
      ? undefined
      : element('ul', { class: 'options', 'aria-label': 'Answers' }, ...choices);
  const another = wordsBox(
    {
      label: options.length === 0 ? 'Your answer' : 'Another answer',
      placeholder: options.length === 0 ? 'Your answer' : 'Something else…',
      send: 'Answer',
    },
    host,
  );
  const view = element(
    'div',
    { class: 'view question-back-view' },
    element('header', { class: 'answer' }, trailList(trail, host), element('h1', {}, question)),
    element(
      'section',
      { class: 'question-back', 'aria-label': 'Question back' },
      element('p', { class: 'asked-by' }, icon('model'), `${model} asks back`),
      element('p', { class: 'asked-back' }, askedBack),
      list,
      another,
      element(
        'div',
        { class: 'question-back-actions' },
        button('link', 'Cancel', () => host.act('cancel')),
        button('link', 'Show What Was Sent', () => host.act('show-sent')),
      ),
    ),
  );
  const offered = options.length === 0 ? '' : ` ${options.length} answers to choose from.`;
  announce(`The model asks back: ${askedBack}${offered}`);
  return {
    element: view,
    // Who wrote in the view goes on by the keyboard; who did not keeps the focus elsewhere.
    mounted: () => {
      if (document.hasFocus()) view.querySelector<HTMLElement>('.options button, input')?.focus();
    },
    dispose: () => undefined,
  };
}
