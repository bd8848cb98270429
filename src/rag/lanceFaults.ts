/** Tells apart what LanceDB throws: a full disk, a commit of another process, files that are damaged. */
import { KhipuError } from '../shared/errors.ts';

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
export function storeFault(thrown: unknown): KhipuError {
  if (thrown instanceof KhipuError) return thrown;
  const refusal = refusalOf(thrown);
  if (refusal !== undefined) return unavailable(`The index could not be kept: ${refusal}.`, thrown);
  const said = thrown instanceof Error ? thrown.message : String(thrown);
  // The first line says what happened; what follows are places in LanceDB's source.
  return unavailable(`The index could not be used: ${said.split(/\n|, \//)[0]?.slice(0, 300) ?? ''}`, thrown);
}
