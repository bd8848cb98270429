/** Walks the parser's tree without recursion, so that no depth of nesting can exhaust the stack. */

/** A node of the tree: the parser's JSON, an object whose capitalised key names its type. */
export interface AstNode {
  /** The node type (`FuncCall`), or the field's name for parts that the parser does not wrap (`intoClause`). */
  readonly type: string;
  readonly fields: Readonly<Record<string, unknown>>;
  /** UTF-8 byte offset in the parsed text; -1 when the parser gives none. */
  readonly byteLocation: number;
}

interface Pending {
  readonly type: string;
  readonly value: object;
  readonly byteLocation: number;
}

/** Yields every object of a tree, outermost first; an unlocated node inherits the place of the one around it. */
export function* astNodes(root: object): Generator<AstNode> {
  const pending: Pending[] = [{ type: 'root', value: root, byteLocation: -1 }];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const { type, value, byteLocation: outer } = next;
    if (Array.isArray(value)) {
      const items: readonly unknown[] = value;
      for (let index = items.length - 1; index >= 0; index--) push(pending, type, items[index], outer);
      continue;
    }
    const fields = value as Record<string, unknown>;
    const own = fields['location'];
    const byteLocation = typeof own === 'number' && own >= 0 ? own : outer;
    yield { type, fields, byteLocation };
    const keys = Object.keys(fields);
    for (let index = keys.length - 1; index >= 0; index--) {
      const key = keys[index] ?? '';
      push(pending, key, fields[key], byteLocation);
    }
  }
}

function push(pending: Pending[], type: string, value: unknown, byteLocation: number): void {
  if (typeof value === 'object' && value !== null) pending.push({ type, value, byteLocation });
}

/** The texts of a list of String nodes: the parts of a qualified name. */
export function nameParts(list: unknown): string[] {
  if (!Array.isArray(list)) return [];
  return list.flatMap((item: { String?: { sval?: string } }) =>
    item.String === undefined ? [] : [item.String.sval ?? ''],
  );
}
