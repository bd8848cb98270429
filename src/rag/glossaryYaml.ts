/** Reads the YAML of a glossary: within limits, and with the place of everything in it. */
import { isMap, isScalar, parseAllDocuments, visit, type Document, type Node } from 'yaml';

/** What is wrong in the text, or what it speaks of, and where. */
export interface TextSpan {
  /** UTF-16 offsets in the text. */
  readonly start: number;
  readonly end: number;
  /** Counted from 1. */
  readonly line: number;
}

export interface GlossaryFault extends TextSpan {
  /** One sentence for a person. */
  readonly message: string;
}

export type Path = readonly (string | number)[];

export interface GlossaryYaml {
  /** The text as plain values; undefined when it cannot be read at all. */
  readonly value: unknown;
  /** Where the text itself is no good YAML. */
  readonly faults: readonly GlossaryFault[];
  /** The place of what a path leads to, or of the nearest thing on the way there; of one key of a map with `key`. */
  readonly span: (path: Path, key?: string) => TextSpan;
}

/** References to other parts of the text, counted as they multiply; more is a bomb. */
const mostAliases = 50;
/** Messages about YAML itself: after the first ones they repeat themselves. */
const mostFaults = 20;

/** Reads a text; this may take seconds for one that is made for it, so it is done in a thread: glossaryReader.ts. */
export function readYaml(text: string): GlossaryYaml {
  const at = spanner(text);
  const unread = (message: string): GlossaryYaml => {
    const whole = at(0, 1);
    return { value: undefined, faults: [{ message, ...whole }], span: () => whole };
  };
  try {
    return read([...parseAllDocuments(text, { prettyErrors: false })], at);
  } catch (thrown) {
    // Composing recurses: what is nested deeper than the stack is no glossary.
    if (thrown instanceof RangeError) return unread('The text is nested too deeply.');
    throw thrown;
  }
}

function read(documents: readonly Document[], at: Spanner): GlossaryYaml {
  const [document, second] = documents;
  if (document === undefined) return { value: undefined, faults: [], span: () => at(0, 1) };
  const faults = document.errors
    .slice(0, mostFaults)
    .map(({ message, pos: [start, end] }) => ({ message: inWords(message), ...at(start, end) }))
    .filter(
      ({ message, start }, place, all) =>
        place === all.findIndex((one) => one.message === message && one.start === start),
    );
  if (second !== undefined) {
    const start = second.range?.[0] ?? 0;
    faults.push({
      message: 'Only the first part of the file counts: take the line --- out.',
      ...at(start, start + 1),
    });
  }
  const span = (path: Path, key?: string): TextSpan => at(...rangeOf(document, path, key));
  try {
    return { value: document.toJS({ maxAliasCount: mostAliases }), faults, span };
  } catch (thrown) {
    if (!(thrown instanceof ReferenceError)) throw thrown;
    return { value: undefined, faults: [...faults, aliasFault(document, at)], span };
  }
}

/** A pattern such as *.tmp_* without quotes is a reference to YAML. */
function aliasFault(document: Document, at: Spanner): GlossaryFault {
  let fault: GlossaryFault | undefined;
  visit(document, {
    Alias: (_, alias) => {
      if (alias.resolve(document) !== undefined) return undefined;
      const [start, end] = alias.range ?? [0, 1];
      const message = `“*${alias.source}” needs quotes, or YAML takes it for a reference: "*${alias.source}".`;
      fault = { message, ...at(start, end) };
      return visit.BREAK;
    },
  });
  const message = 'Too many references to other parts of the file (*name): write the entries out.';
  return fault ?? { message, ...at(0, 1) };
}

function inWords(message: string): string {
  if (/call stack/i.test(message)) return 'The text is nested too deeply.';
  if (/tabs/i.test(message)) return 'A tab stands where YAML wants blanks: indent with blanks.';
  const duplicate = /Map keys must be unique/.test(message);
  if (duplicate) return 'This key stands here twice: put both parts under one.';
  return `This is no good YAML: ${message.replace(/[.\s]+$/, '')}.`;
}

function rangeOf(document: Document, path: Path, key: string | undefined): [start: number, end: number] {
  for (let length = path.length; length >= 0; length--) {
    const found = length === 0 ? document.contents : document.getIn(path.slice(0, length), true);
    const node = found as Node | null | undefined;
    if (node?.range == null) continue;
    if (key !== undefined && length === path.length && isMap(node)) {
      const name = node.items.map((pair) => pair.key).find((each) => isScalar(each) && each.value === key);
      if (isScalar(name) && name.range != null) return [name.range[0], name.range[1]];
    }
    return [node.range[0], node.range[1]];
  }
  return [0, 1];
}

type Spanner = (start: number, end: number) => TextSpan;

/** Spans on one line: a squiggle under a whole entry says nothing of where to look. */
function spanner(text: string): Spanner {
  const starts = [0];
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return (start, end) => {
    let [low, high] = [0, starts.length - 1];
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((starts[middle] ?? 0) <= start) low = middle;
      else high = middle - 1;
    }
    const lineEnd = (starts[low + 1] ?? text.length + 1) - 1;
    return { start, end: Math.max(start + 1, Math.min(end, lineEnd)), line: low + 1 };
  };
}
