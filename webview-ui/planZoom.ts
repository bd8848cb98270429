/** Zooms a scene: by buttons, by Ctrl and the wheel, by plus, minus and 0; what is in its middle stays there. */
import { element } from './dom.ts';

const smallest = 0.08;
const largest = 2;
const step = 1.25;

export class Zoom {
  readonly controls: HTMLElement;
  readonly #scene: HTMLElement;
  readonly #content: HTMLElement;
  readonly #size: { readonly width: number; readonly height: number };
  readonly #figure = element('span', { class: 'plan-zoom-figure', 'aria-live': 'polite' });
  #scale = 1;

  /** @param content as large as `size` at full scale; its box follows the scale */
  constructor(scene: HTMLElement, content: HTMLElement, size: { width: number; height: number }) {
    this.#scene = scene;
    this.#content = content;
    this.#size = size;
    const press = (label: string, sign: string, act: () => void): HTMLElement => {
      const made = element(
        'button',
        { type: 'button', class: 'plan-zoom', 'aria-label': label, title: label },
        sign,
      );
      made.addEventListener('click', act);
      return made;
    };
    this.controls = element(
      'div',
      { class: 'plan-zooms', role: 'group', 'aria-label': 'Zoom' },
      press('Zoom out', '−', () => this.#set(this.#scale / step)),
      this.#figure,
      press('Zoom in', '+', () => this.#set(this.#scale * step)),
      press('Fit to the view', 'Fit', () => this.fit()),
    );
    scene.addEventListener('wheel', (event) => this.#wheel(event), { passive: false });
    scene.addEventListener('keydown', (event) => this.#key(event));
  }

  /** As large as fits, at most full size. */
  fit(): void {
    const { clientWidth, clientHeight } = this.#scene;
    if (clientWidth === 0) return;
    const room = { width: clientWidth - 48, height: clientHeight - 92 }; // the buttons stand below it
    this.#set(Math.min(1, room.width / this.#size.width, room.height / this.#size.height));
  }

  /** Large enough to be read. */
  readable(): void {
    if (this.#scale < 0.6) this.#set(0.8);
  }

  #set(scale: number): void {
    const { scrollLeft, scrollTop, clientWidth, clientHeight } = this.#scene;
    const before = this.#scale;
    this.#scale = Math.min(largest, Math.max(smallest, scale));
    this.#content.style.setProperty('--scale', String(this.#scale));
    this.#content.style.setProperty('--width', `${this.#size.width * this.#scale}px`);
    this.#content.style.setProperty('--height', `${this.#size.height * this.#scale}px`);
    this.#figure.textContent = this.#scale.toLocaleString(undefined, {
      style: 'percent',
      maximumFractionDigits: 0,
    });
    const grown = this.#scale / before;
    this.#scene.scrollTo(
      (scrollLeft + clientWidth / 2) * grown - clientWidth / 2,
      (scrollTop + clientHeight / 2) * grown - clientHeight / 2,
    );
  }

  #wheel(event: WheelEvent): void {
    if (!event.ctrlKey) return;
    event.preventDefault();
    this.#set(this.#scale * (event.deltaY < 0 ? step : 1 / step));
  }

  #key(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === '+' || event.key === '=') this.#set(this.#scale * step);
    else if (event.key === '-') this.#set(this.#scale / step);
    else if (event.key === '0') this.fit();
    else return;
    event.preventDefault();
  }
}
