/** Loads the part of the page that draws charts, when the first chart is wanted: it weighs several times what the rest does. */
import type { ChartModule } from './charts/main.ts';

/** What the script of charts hands over: an event on its own element, so that nothing becomes global. */
export const chartsLoaded = 'khipu-charts';

export class ChartLoader {
  readonly #uri: string;
  readonly #nonce: string;
  #loading: Promise<ChartModule> | undefined;

  /** @param mainScript the address of the page's script; that of charts lies beside it */
  constructor(mainScript: string, nonce: string) {
    this.#uri = mainScript.replace(/main\.js(?=$|\?)/, 'charts.js');
    this.#nonce = nonce;
  }

  /** @throws Error when it could not be loaded; the next call tries again */
  load(): Promise<ChartModule> {
    this.#loading ??= this.#load().catch((error: unknown) => {
      this.#loading = undefined;
      throw error;
    });
    return this.#loading;
  }

  #load(): Promise<ChartModule> {
    const script = document.createElement('script');
    script.nonce = this.#nonce;
    script.src = this.#uri;
    const loaded = new Promise<ChartModule>((resolve, reject) => {
      script.addEventListener(chartsLoaded, (event) => resolve((event as CustomEvent<ChartModule>).detail));
      script.addEventListener('error', () => reject(new Error('The charts could not be loaded.')));
    });
    document.head.append(script);
    return loaded;
  }
}
