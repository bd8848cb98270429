/** The picture: drawn anew when its data, its room or the theme change; with a tooltip, and written to a file. */
import { element } from '../dom.ts';
import type { Drawing } from './drawing.ts';
import { readLook } from './readLook.ts';
import { plot, type MousePlace, type Plot } from './plot.ts';
import { heightOf, specificationOf } from './specification.ts';

const settleMs = 80;
const leastHeight = 180;
const fileSize = { width: 960, height: 540 };
/** Pixels of a PNG for each of its size: sharp on a display with two for one. */
const fileScale = 2;

export class Picture {
  readonly element = element('div', { class: 'chart-picture', role: 'img' });
  readonly #canvas = element('div', { class: 'chart-canvas', 'aria-hidden': 'true' });
  readonly #tip = element('div', { class: 'chart-tip', 'aria-hidden': 'true' });
  #drawing: Drawing | undefined;
  #plot: Plot | undefined;
  #round = 0;
  #settling: number | undefined;
  #size = '';

  constructor() {
    this.#tip.hidden = true;
    this.element.append(this.#canvas, this.#tip);
    this.element.hidden = true;
  }

  /** @param words what the picture shows, for whoever does not see it */
  async draw(drawing: Drawing, words: string): Promise<void> {
    this.#drawing = drawing;
    this.element.hidden = false;
    this.element.setAttribute('aria-label', words);
    await this.redraw();
  }

  /** Draws the same again: in the colours and the room that there are now. */
  async redraw(): Promise<void> {
    const drawing = this.#drawing;
    if (drawing === undefined) return;
    const round = ++this.#round;
    const { clientWidth, clientHeight } = this.element;
    if (clientWidth === 0) return; // it is not shown
    this.#size = `${clientWidth} ${clientHeight}`;
    const width = Math.max(200, clientWidth - 4);
    const height = Math.max(leastHeight, clientHeight - 4, heightOf(drawing, width));
    const made = element('div', {});
    const specification = specificationOf(drawing, readLook(), { width, height });
    const plotted = await plot(specification, made, (tip, event) => this.#showTip(tip, event));
    if (round !== this.#round) {
      plotted.dispose();
      return;
    }
    this.#plot?.dispose();
    this.#plot = plotted;
    this.#tip.hidden = true;
    this.#canvas.replaceChildren(made);
  }

  clear(): void {
    this.#round += 1;
    this.#drawing = undefined;
    this.#plot?.dispose();
    this.#plot = undefined;
    this.#canvas.replaceChildren();
    this.#tip.hidden = true;
    this.element.hidden = true;
  }

  /** Draws anew when its room changes. @returns what ends it */
  watchSize(): () => void {
    const observer = new ResizeObserver(() => {
      const { clientWidth, clientHeight } = this.element;
      if (`${clientWidth} ${clientHeight}` === this.#size) return;
      window.clearTimeout(this.#settling);
      this.#settling = window.setTimeout(() => void this.redraw(), settleMs);
    });
    observer.observe(this.element);
    return () => observer.disconnect();
  }

  /** The picture with its title, as the text of an SVG or a PNG in base64. */
  async file(format: 'svg' | 'png'): Promise<{ readonly title: string; readonly content: string }> {
    const drawing = this.#drawing;
    if (drawing === undefined) throw new Error('There is no chart to save.');
    const { title } = drawing;
    const height = Math.max(fileSize.height, heightOf(drawing, fileSize.width));
    const look = readLook();
    const size = { width: fileSize.width, height };
    const plotted = await plot(specificationOf(drawing, look, size, true), undefined);
    try {
      if (format === 'svg') return { title, content: await plotted.svg() };
      const canvas = await plotted.canvas(fileScale);
      return { title, content: canvas.toDataURL('image/png').replace(/^data:image\/png;base64,/, '') };
    } finally {
      plotted.dispose();
    }
  }

  dispose(): void {
    window.clearTimeout(this.#settling);
    this.clear();
  }

  #showTip(tip: string | undefined, event: MousePlace): void {
    this.#tip.hidden = tip === undefined;
    if (tip === undefined) return;
    this.#tip.textContent = tip;
    const box = this.element.getBoundingClientRect();
    const [x, y] = [event.clientX - box.left, event.clientY - box.top];
    const { offsetWidth, offsetHeight } = this.#tip;
    const left = x + 14 + offsetWidth > box.width ? x - 14 - offsetWidth : x + 14;
    const top = y + 14 + offsetHeight > box.height ? y - 10 - offsetHeight : y + 14;
    this.#tip.style.left = `${Math.max(0, left + this.element.scrollLeft)}px`;
    this.#tip.style.top = `${Math.max(0, top + this.element.scrollTop)}px`;
  }
}
