/** Messages for models that know no system role, and want users and assistants to take turns. */
import type { ChatMessage } from './chatModel.ts';

export interface FoldedMessage {
  readonly role: 'user' | 'assistant';
  readonly content: string;
}

/** Makes what the system says part of what the user says, and joins what the same one says twice in a row. */
export function foldMessages(messages: readonly ChatMessage[]): FoldedMessage[] {
  const folded: FoldedMessage[] = [];
  for (const message of messages) {
    const role = message.role === 'assistant' ? 'assistant' : 'user';
    const before = folded.at(-1);
    if (before?.role === role)
      folded[folded.length - 1] = { role, content: `${before.content}\n\n${message.content}` };
    else folded.push({ role, content: message.content });
  }
  return folded;
}
