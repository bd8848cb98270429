/** Draws a specification: Vega by its expression interpreter, for the page allows no code that is made at run time. */
import { parse, View, Warn, type Loader } from 'vega';
import { expressionInterpreter } from 'vega-interpreter';
import { compile, type TopLevelSpec } from 'vega-lite';

/** What is needed of a canvas, and of the mouse: this file is tested without a page. */
export interface DrawnCanvas {
  toDataURL(type: string): string;
}
export interface MousePlace {
  readonly clientX: number;
  readonly clientY: number;
}

/** A chart that is drawn. */
export interface Plot {
  svg(): Promise<string>;
  /** @param scale pixels of the picture for each of the page */
  canvas(scale: number): Promise<DrawnCanvas>;
  dispose(): void;
}

/** Nothing is ever loaded: the data stand in the specification. */
const noLoader: Loader = {
  load: refuse,
  sanitize: refuse,
  http: refuse,
  file: refuse,
};

function refuse(): Promise<never> {
  return Promise.reject(new Error('A chart loads nothing.'));
}

/**
 * @param container the element that it is drawn in; left out for one that is only written to a file
 * @param onTip told what is under the mouse, in lines; undefined when nothing is
 */
export async function plot(
  specification: TopLevelSpec,
  container: object | undefined,
  onTip: (tip: string | undefined, event: MousePlace) => void = () => undefined,
): Promise<Plot> {
  const quiet = quietLogger();
  const { spec } = compile(specification, { logger: quiet });
  const view = new View(parse(spec, undefined, { ast: true }), {
    expr: expressionInterpreter,
    renderer: container === undefined ? 'none' : 'svg',
    hover: container !== undefined,
    loader: noLoader,
    logger: quiet,
    ...(container === undefined ? {} : { container: container as never }),
    tooltip: (_handler: unknown, event: MousePlace, _item: unknown, value: unknown) =>
      onTip(typeof value === 'string' && value !== '' ? value : undefined, event),
  });
  await view.runAsync();
  return {
    svg: () => view.toSVG(),
    canvas: (scale) => view.toCanvas(scale) as Promise<unknown> as Promise<DrawnCanvas>,
    dispose: () => void view.finalize(),
  };
}

/** What Vega has to say of a chart is nothing that its reader could act on. */
function quietLogger() {
  const logger = {
    level: () => Warn,
    error: () => logger,
    warn: () => logger,
    info: () => logger,
    debug: () => logger,
  };
  return logger as unknown as NonNullable<ConstructorParameters<typeof View>[1]>['logger'] & object;
}
