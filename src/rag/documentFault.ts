/** Why a document is not read, in words for a person. */
import type { DocumentFile } from '../shared/documentProtocol.ts';
import { KhipuError } from '../shared/errors.ts';

/** @param why goes on after the name of the file */
export function unreadable({ name }: DocumentFile, why: string, cause?: unknown): KhipuError {
  return new KhipuError('file-failed', `${name} ${why}`, { subject: name }, { cause });
}
