/** The few pictures of the view, drawn in strokes of the text's colour. */

const paths = {
  verified: 'M8 1.8 13 3.6v4c0 3-2 5.3-5 6.6-3-1.3-5-3.6-5-6.6v-4Z M5.6 8.1l1.7 1.7 3.2-3.5',
  model: 'M8 2.2 9.4 6.6 13.8 8 9.4 9.4 8 13.8 6.6 9.4 2.2 8 6.6 6.6Z',
  typed: 'M1.8 4.3h12.4v7.4H1.8Z M4.3 6.8h.01 M6.8 6.8h.01 M9.2 6.8h.01 M11.7 6.8h.01 M5 9.4h6',
  database:
    'M3 4c0-1.2 2.2-2 5-2s5 .8 5 2-2.2 2-5 2-5-.8-5-2Z M3 4v8c0 1.2 2.2 2 5 2s5-.8 5-2V4 M3 8c0 1.2 2.2 2 5 2s5-.8 5-2',
  table: 'M2.2 3.2h11.6v9.6H2.2Z M2.2 6.3h11.6 M6.4 6.3v6.5',
  chart: 'M2.2 2.4v11.2h11.6 M5 11V8.4 M8 11V5.2 M11 11V7',
  document: 'M4 1.9h5.4l2.9 2.9v9.3H4Z M9.2 2v3h3 M6 8h4.4 M6 10.6h4.4',
  failed: 'M8 1.9a6.1 6.1 0 1 0 0 12.2A6.1 6.1 0 0 0 8 1.9Z M8 4.8v3.9 M8 11h.01',
  notice: 'M8 1.9a6.1 6.1 0 1 0 0 12.2A6.1 6.1 0 0 0 8 1.9Z M8 7.4v3.8 M8 5h.01',
  warning: 'M8 2.4 14.2 13.4H1.8Z M8 6.6v3.2 M8 11.6h.01',
  done: 'M3.2 8.4l3.2 3.2 6.4-7',
  error: 'M4 4l8 8 M12 4l-8 8',
  skipped: 'M3 8h10',
  waiting: 'M8 8h.01',
  cancelled: 'M8 2.4a5.6 5.6 0 1 0 0 11.2A5.6 5.6 0 0 0 8 2.4Z M4.1 4.1l7.8 7.8',
  assumption:
    'M8 1.9a6.1 6.1 0 1 0 0 12.2A6.1 6.1 0 0 0 8 1.9Z M6.3 6.4a1.7 1.7 0 1 1 2.6 1.5c-.6.4-.9.7-.9 1.3 M8 11.3h.01',
  pending: 'M8 1.9a6.1 6.1 0 1 0 0 12.2A6.1 6.1 0 0 0 8 1.9Z M8 4.6V8l2.4 1.6',
  committed: 'M8 1.9a6.1 6.1 0 1 0 0 12.2A6.1 6.1 0 0 0 8 1.9Z M5.3 8.2l1.9 1.9 3.6-4',
  rolledBack: 'M3.2 6.2h6.4a3.3 3.3 0 0 1 0 6.6H6.4 M5.9 3.4 3.1 6.2l2.8 2.8',
  insight: 'M2.2 13.4h11.6 M4 11V8.4 M8 11V3.4 M12 11V6',
  filter: 'M2.4 3h11.2L9.3 8.2v4.4L6.7 13.6V8.2Z',
  chevron: 'M6 3.8 10.2 8 6 12.2',
  khipu:
    'M1.5 3.5c3.5 1.4 9.5 1.4 13 0 M3.7 4.3v9 M6.6 4.6v6.6 M9.5 4.6v9.2 M12.4 4.2v5.6 M2.7 7.4h2 M2.7 10.4h2 M5.6 8h2 M8.5 7h2 M8.5 9.2h2 M8.5 11.4h2 M11.4 7.2h2',
} as const;

export type IconName = keyof typeof paths;

const svg = 'http://www.w3.org/2000/svg';

/** An icon that screen readers skip: what it says stands beside it in words. */
export function icon(name: IconName): SVGSVGElement {
  const picture = document.createElementNS(svg, 'svg');
  picture.setAttribute('viewBox', '0 0 16 16');
  picture.setAttribute('aria-hidden', 'true');
  picture.classList.add('icon', `icon-${name}`);
  const path = document.createElementNS(svg, 'path');
  path.setAttribute('d', paths[name]);
  picture.append(path);
  return picture;
}
