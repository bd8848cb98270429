/** Lets whole, valid lines of NDJSON through and errors on anything else: the Ollama SDK would drop a bad line and go on. */
import { parseJson } from './json.ts';

/**
 * @param onBad makes the error with which the stream ends at a line that is not JSON, or that ends too early
 */
export function checkedNdjson(
  onBad: () => Error,
): TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>> {
  const decoder = new TextDecoder();
  const encoder = new TextEncoder();
  let rest = '';
  return new TransformStream({
    transform(chunk, controller) {
      const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) {
        if (line.trim() === '') continue;
        if (parseJson(line) === undefined) throw onBad();
        controller.enqueue(encoder.encode(`${line}\n`));
      }
    },
    flush(controller) {
      rest += decoder.decode();
      if (rest.trim() === '') return;
      if (parseJson(rest) === undefined) throw onBad();
      controller.enqueue(encoder.encode(`${rest}\n`));
    },
  });
}
