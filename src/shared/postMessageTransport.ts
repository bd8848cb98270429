/** Carries JSON-RPC over anything that posts messages: a VS Code webview from the host's side, or from the page's. */
import {
  AbstractMessageReader,
  AbstractMessageWriter,
  type DataCallback,
  type Disposable,
  type Message,
  type MessageReader,
  type MessageWriter,
} from 'vscode-jsonrpc';
import * as z from 'zod/mini';

/** One end of a channel that keeps the order of its messages. */
export interface PostMessagePort {
  /** May return a promise; only its rejection is looked at, for a hidden webview takes a message when it is shown. */
  post(message: unknown): unknown;
  onMessage(listener: (message: unknown) => void): Disposable;
}

const envelope = z.looseObject({ jsonrpc: z.literal('2.0') });

function isMessage(value: unknown): value is Message {
  return z.safeParse(envelope, value).success;
}

class PortReader extends AbstractMessageReader {
  readonly #port: PostMessagePort;

  constructor(port: PostMessagePort) {
    super();
    this.#port = port;
  }

  listen(callback: DataCallback): Disposable {
    return this.#port.onMessage((message) => {
      // A window also hears messages that are not ours, such as those of browser extensions.
      if (isMessage(message)) callback(message);
    });
  }
}

class PortWriter extends AbstractMessageWriter {
  readonly #port: PostMessagePort;

  constructor(port: PostMessagePort) {
    super();
    this.#port = port;
  }

  write(message: Message): Promise<void> {
    try {
      Promise.resolve(this.#port.post(message)).catch((error: unknown) => {
        // The message is lost, and with it perhaps a request: closing ends all that still waits.
        this.fireError(error, message, undefined);
        this.fireClose();
      });
      return Promise.resolve();
    } catch (error) {
      this.fireError(error, message, undefined);
      return Promise.reject(error instanceof Error ? error : new Error(String(error)));
    }
  }

  end(): void {
    // A port has no end of its own; whoever owns it closes it.
  }
}

/** The reader and the writer that `createPeer` takes, over `port`. */
export function postMessageTransport(port: PostMessagePort): {
  reader: MessageReader;
  writer: MessageWriter;
} {
  return { reader: new PortReader(port), writer: new PortWriter(port) };
}
