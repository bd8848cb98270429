/** When the first rows are to be seen, by the page's own clock: how rows get from test to page is not the product's way. */

interface InPage {
  readonly document: { querySelector(selector: string): object | null };
  readonly MutationObserver: new (then: () => void) => {
    observe(node: object, what: object): void;
    disconnect(): void;
  };
  readonly requestAnimationFrame: (then: () => void) => void;
  readonly addEventListener: (name: string, then: () => void, options: object) => void;
  khipuFirstPaint: Promise<number>;
}

/** Goes into the page as text: takes the time from the next message on. */
export function watchFirstPaint(cells: string): void {
  const page = globalThis as unknown as InPage;
  let arrived: number | undefined;
  page.addEventListener('message', () => (arrived ??= performance.now()), { capture: true });
  page.khipuFirstPaint = new Promise((resolve) => {
    const observer = new page.MutationObserver(() => {
      if (page.document.querySelector(cells) === null) return;
      observer.disconnect();
      // The frame after the one in which they were drawn.
      page.requestAnimationFrame(() =>
        page.requestAnimationFrame(() => resolve(performance.now() - (arrived ?? Number.NaN))),
      );
    });
    observer.observe(page.document, { childList: true, subtree: true });
  });
}

/** Goes into the page as text: what `watchFirstPaint` saw, in milliseconds. */
export function firstPaint(): Promise<number> {
  return (globalThis as unknown as InPage).khipuFirstPaint;
}
