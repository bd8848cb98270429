/** JSON over lines, as it streams by: only the space between the tokens changes, so every digit and every escape stays. */

const quote = 0x22;
const backslash = 0x5c;
const comma = 0x2c;
const colon = 0x3a;
const blank = 0x20;
const lineBreak = 0x0a;
/** Deeper nesting is not indented any further: the space would be more than the text. */
const mostIndent = 100;

const isSpace = (byte: number): boolean => byte === blank || (byte >= 0x09 && byte <= 0x0d);
const isOpener = (byte: number): boolean => byte === 0x7b || byte === 0x5b;
const isCloser = (byte: number): boolean => byte === 0x7d || byte === 0x5d;

/** A function that lays out the next part of a text in UTF-8; what it gives, put together, is the whole. */
export function jsonLayout(): (part: Buffer) => Buffer {
  const layout = new JsonLayout();
  return (part) => layout.take(part);
}

class JsonLayout {
  #depth = 0;
  #inString = false;
  #escaped = false;
  /** An object or array that has nothing in it yet. */
  #justOpened = false;
  #out = Buffer.alloc(0);
  #length = 0;

  take(part: Buffer): Buffer {
    this.#out = Buffer.allocUnsafe(part.length * 2 + 1000);
    this.#length = 0;
    for (let index = 0; index < part.length; index++) {
      const byte = part[index] as number;
      if (this.#inString) this.#inside(byte);
      else if (!isSpace(byte)) this.#token(byte);
    }
    return this.#out.subarray(0, this.#length);
  }

  #inside(byte: number): void {
    this.#put(byte);
    if (this.#escaped) this.#escaped = false;
    else if (byte === backslash) this.#escaped = true;
    else if (byte === quote) this.#inString = false;
  }

  #token(byte: number): void {
    if (isCloser(byte)) {
      this.#depth = Math.max(0, this.#depth - 1);
      if (!this.#justOpened) this.#newLine();
      this.#justOpened = false;
      this.#put(byte);
      return;
    }
    if (this.#justOpened) this.#newLine();
    this.#justOpened = isOpener(byte);
    if (this.#justOpened) this.#depth += 1;
    this.#inString = byte === quote;
    this.#put(byte);
    if (byte === comma) this.#newLine();
    else if (byte === colon) this.#put(blank);
  }

  #newLine(): void {
    this.#put(lineBreak);
    for (let level = Math.min(this.#depth, mostIndent); level > 0; level--) {
      this.#put(blank);
      this.#put(blank);
    }
  }

  #put(byte: number): void {
    if (this.#length === this.#out.length) {
      const larger = Buffer.allocUnsafe(this.#length * 2 + 1000);
      this.#out.copy(larger, 0, 0, this.#length);
      this.#out = larger;
    }
    this.#out[this.#length++] = byte;
  }
}
