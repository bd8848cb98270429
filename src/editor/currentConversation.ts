/** The conversation that the next question may go on from: that of the answer which was shown last. */
import type { Turn } from '../query/conversation.ts';
import type { AnswerHeader } from '../shared/resultsProtocol.ts';
import type { Request } from './askRequest.ts';

/** A question of it, and who gave its SQL. */
export interface SpokenTurn extends Turn {
  readonly source?: AnswerHeader['source'];
  readonly model?: string | undefined;
}

/** Questions about one connection, oldest first. */
export interface Conversation {
  readonly connectionId: string;
  readonly turns: readonly SpokenTurn[];
}

/** What a request goes on from; undefined for one that starts anew, or that belongs to no conversation. */
export function earlierOf(request: Request): readonly SpokenTurn[] | undefined {
  return request.kind === 'statement' ? undefined : request.earlier;
}

/** The conversation while a request is under way, and when it fails: as it was before. */
export function conversationBefore(request: Request): Conversation | undefined {
  if (request.kind === 'statement') return undefined;
  return { connectionId: request.connectionId, turns: request.earlier ?? [] };
}

/** The conversation with a question that has come to something. */
export function withTurn(
  request: Exclude<Request, { kind: 'statement' }>,
  turn: Omit<SpokenTurn, 'question'>,
): Conversation {
  const { connectionId, question, earlier = [] } = request;
  return { connectionId, turns: [...earlier, { ...turn, question }] };
}

/** The questions before a request, as its answer shows them; undefined when there are none. */
export function trailOf(request: Request): { trail?: string[] } {
  const trail = (earlierOf(request) ?? []).map(({ question }) => question);
  return trail.length === 0 ? {} : { trail };
}

/** A question that goes on from a conversation; undefined when there is nothing to go on from. */
export function followUpOf(conversation: Conversation | undefined, question: string): Request | undefined {
  if (conversation === undefined || conversation.turns.length === 0) return undefined;
  const { connectionId, turns } = conversation;
  return { kind: 'question', connectionId, question, earlier: turns };
}

/** A question of the conversation once more: its SQL where it has some; undefined when there is none at that place. */
export function turnAgain(conversation: Conversation | undefined, place: number): Request | undefined {
  const turn = conversation?.turns[place];
  if (conversation === undefined || turn === undefined) return undefined;
  const { connectionId, turns } = conversation;
  const { question, sql, source, model } = turn;
  const earlier = place === 0 ? undefined : turns.slice(0, place);
  if (sql === undefined) return { kind: 'question', connectionId, question, earlier };
  return {
    kind: 'kept',
    connectionId,
    question,
    earlier,
    kept: { connectionId, question, sql, source, model },
  };
}
