/** A part of a value as the inspector's tree shows it. */

export interface TreeNode {
  readonly label: string;
  /** How the server finds it from the cell's value. */
  readonly path: string;
  readonly kind: 'group' | 'text' | 'number' | 'boolean' | 'null';
  /** On its line. */
  readonly shown: string;
  /** Whole, as it is copied. */
  value(): string;
  readonly children: (() => Iterator<TreeNode>) | undefined;
}
