/** Tells apart what LanceDB throws: a full disk, a commit of another process, files that are damaged. */
import { KhipuError } from '../shared/errors.ts';
import type { IndexPlace } from '../shared/ragProtocol.ts';

/** What the system refused, by errno: nothing is wrong with the files. */
const refusals: Readonly<Record<number, string>> = {
  13: 'access to its files is denied',
  24: 'too many files are open',
  27: 'a file would grow beyond what is allowed',
  28: 'the disk is full',
  30: 'the disk is read-only',
  122: 'the disk quota is used up',
};

const refusalsByCode: Readonly<Record<string, number>> = {
  EACCES: 13,
  EPERM: 13,
  EMFILE: 24,
  EFBIG: 27,
  ENOSPC: 28,
  EROFS: 30,
  EDQUOT: 122,
};

/** Why the system refused to read or write, in words; undefined when it did not. */
export function refusalOf(thrown: unknown): string | undefined {
  if (!(thrown instanceof Error)) return undefined;
  const byCode = 'code' in thrown ? refusalsByCode[String(thrown.code)] : undefined;
  // Rust prints "No space left on device (os error 28)".
  const errno = byCode ?? Number(/\(os error (\d+)\)/.exec(thrown.message)?.[1]);
  return refusals[errno];
}

/** Another process has committed at the same time; the same work succeeds when it is done again. */
export function isConflict(thrown: unknown): boolean {
  return (
    thrown instanceof Error &&
    /commit conflict|conflicting (transaction|concurrent)|retryable/i.test(thrown.message)
  );
}

/** There is no such table, or there is one already. */
export function isMissingTable(thrown: unknown): boolean {
  return thrown instanceof Error && /table '?[^']*'? (was not found|does not exist)/i.test(thrown.message);
}

/** The error of an index that does not answer. */
export function unavailable(message: string, cause?: unknown): KhipuError {
  return new KhipuError('index-unavailable', message, {}, { cause });
}

/** Anything that LanceDB or the file system threw, as a KhipuError. */
export function storeFault(thrown: unknown, { uri, shared }: IndexPlace): KhipuError {
  if (thrown instanceof KhipuError) return thrown;
  const said = thrown instanceof Error ? thrown.message : String(thrown);
  if (shared !== undefined) {
    const { hint, why } = sharedReason(said);
    return new KhipuError(
      'index-unavailable',
      `The shared index at ${uri} is not to be had: ${why}.`,
      { subject: uri, ...(hint !== undefined && { hint }) },
      { cause: thrown },
    );
  }
  const refusal = refusalOf(thrown);
  if (refusal !== undefined) return unavailable(`The index could not be kept: ${refusal}.`, thrown);
  return unavailable(`The index could not be used: ${firstLine(said)}`, thrown);
}

const credentialsHint = 'Set its credentials by "Khipu: Set Index Store Credentials".';

/** Why a store does not answer, out of what its client says; what that holds beyond is not for a person. */
function sharedReason(said: string): { why: string; hint?: string } {
  if (/credentials|CredentialsNotLoaded|api_key/i.test(said)) {
    return { why: 'there are no credentials for it', hint: credentialsHint };
  }
  const status = /\b[45]\d\d [A-Z][a-z]+(?: [A-Z][a-z]+)*/.exec(said)?.[0];
  const code = /<Code>(\w+)<\/Code>/.exec(said)?.[1];
  if (status !== undefined) {
    const why = `it answers ${[status, code].filter(Boolean).join(', ')}`;
    return /^40[13]/.test(status) ? { why, hint: credentialsHint } : { why };
  }
  if (/builder error/i.test(said)) {
    return { why: 'its endpoint is no https address', hint: 'For http, set allow_http to "true".' };
  }
  if (/error sending request|connect|timed? ?out|dns/i.test(said)) return { why: 'nothing answers there' };
  return { why: firstLine(said) };
}

/** It says what happened; what follows are places in LanceDB's source. */
function firstLine(said: string): string {
  return said.split(/\n|, \//)[0]?.slice(0, 300) ?? '';
}
