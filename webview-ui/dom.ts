/** Makes elements; every text goes in as text. */

export type Attributes = Readonly<Record<string, string>>;
export type Child = Node | string | undefined;

/** An element with attributes and children; children that are `undefined` are left out. */
export function element<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children.filter((child) => child !== undefined));
  return made;
}

/** A button in the manner of VS Code. */
export function button(
  look: 'primary' | 'secondary' | 'link',
  label: string,
  press: () => void,
): HTMLButtonElement {
  const made = element('button', { type: 'button', class: `button ${look}` }, label);
  made.addEventListener('click', press);
  return made;
}
