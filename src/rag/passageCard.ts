/** A passage of a document as the index holds it. */
import { contentHash } from './contentHash.ts';
import type { Passage } from './documentSet.ts';
import type { KnowledgeItem } from './knowledgeStore.ts';
import { contentWords } from './words.ts';

/** Its words are those of its file's name and of its headings, too: "returns.md" need not say in each paragraph what it is about. */
export function passageCard({ id, file, heading, text }: Passage): KnowledgeItem {
  const name = file.replace(/^.*\//, '').replace(/\.[^.]*$/, '');
  const prose = [name, ...heading, text].join('\n');
  const found = contentWords(prose).join(' ');
  return { kind: 'document', id, text: found, detail: prose, hash: contentHash(found, prose) };
}
