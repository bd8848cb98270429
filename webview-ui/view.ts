/** What every state of the results view is made of. */

/** A part of the page with an end. */
export interface View {
  readonly element: HTMLElement;
  /** Called once the element is in the page, for what needs its size. */
  mounted?(): void;
  dispose(): void;
}

/** Says a sentence to screen readers. */
export type Announce = (sentence: string) => void;
