/** Reads the look of charts from the tokens of the theme, and tells when they change. */
import { hexOf, mix, type Look } from './look.ts';

const seriesTokens = ['blue', 'orange', 'green', 'purple', 'red'];
const fallbackSeries = ['#3794ff', '#d18616', '#89d185', '#b180d7', '#f14c4c'];

/** Reads the look from the tokens that VS Code has put on the page. */
export function readLook(page: HTMLElement = document.body): Look {
  const style = getComputedStyle(page);
  const reader = colourReader();
  const colour = (token: string, over: string, without: string): string => {
    const value = style.getPropertyValue(`--vscode-${token}`).trim();
    return reader(value === '' ? without : value, over);
  };
  const background = colour('editor-background', '#ffffff', '#ffffff');
  const foreground = colour('foreground', background, '#333333');
  const highContrast = page.classList.contains('vscode-high-contrast');
  const isContrast = highContrast || page.classList.contains('vscode-high-contrast-light');
  const strong = seriesTokens.map((name, place) =>
    colour(`charts-${name}`, background, fallbackSeries[place] ?? foreground),
  );
  const first = strong[0] ?? foreground;
  return {
    font: style.fontFamily,
    fontSize: Number.parseFloat(style.fontSize) || 13,
    background,
    foreground,
    muted: isContrast ? foreground : mix(foreground, background, 0.72),
    line: isContrast ? mix(foreground, background, 0.35) : mix(foreground, background, 0.14),
    series: [...strong, ...strong.map((each) => mix(each, foreground, 0.55))],
    ramp: [0.12, 0.4, 0.7, 1].map((share) => mix(first, background, share)),
    highContrast: isContrast,
  };
}

/** Calls back whenever the theme has changed. @returns what ends it */
export function watchLook(onChange: () => void): () => void {
  const observer = new MutationObserver(onChange);
  observer.observe(document.body, { attributes: true, attributeFilter: ['class', 'data-vscode-theme-id'] });
  observer.observe(document.documentElement, { attributes: true, attributeFilter: ['style'] });
  return () => observer.disconnect();
}

/** Turns whatever CSS takes for a colour into `#rrggbb`, laid over another colour where it lets that through. */
function colourReader(): (value: string, over: string) => string {
  const canvas = document.createElement('canvas');
  canvas.width = canvas.height = 1;
  const context = canvas.getContext('2d', { willReadFrequently: true });
  return (value, over) => {
    if (context === null) return over;
    for (const fill of [over, value]) {
      context.fillStyle = fill;
      context.fillRect(0, 0, 1, 1);
    }
    return hexOf([...context.getImageData(0, 0, 1, 1).data].slice(0, 3));
  };
}
