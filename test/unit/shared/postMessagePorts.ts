/** Two ends of a channel in memory, each message cloned and later, as a webview's are. */
import type { PostMessagePort } from '../../../src/shared/postMessageTransport.ts';

export function portPair(): [PostMessagePort, PostMessagePort] {
  const listeners = [new Set<(message: unknown) => void>(), new Set<(message: unknown) => void>()] as const;
  const end = (mine: number, theirs: number): PostMessagePort => ({
    post(message) {
      const copy = structuredClone(message);
      setImmediate(() => {
        for (const listener of listeners[theirs]!) listener(copy);
      });
    },
    onMessage(listener) {
      listeners[mine]!.add(listener);
      return { dispose: () => listeners[mine]!.delete(listener) };
    },
  });
  return [end(0, 1), end(1, 0)];
}
