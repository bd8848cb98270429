/** Where a model's endpoint is: on this machine or beyond it. */
import { KhipuError } from '../shared/errors.ts';

export type Locality = 'local' | 'remote';

const loopback =
  /^(localhost|.+\.localhost|127(\.\d{1,3}){3}|0\.0\.0\.0|\[::1?\]|\[::ffff:7f[0-9a-f]{2}:[0-9a-f]{1,4}\])$/;

/**
 * Decides by the host alone: only what cannot leave this machine is local (a container's or a neighbour's address is not).
 * `URL` has already turned spellings such as `127.1` or `0x7f000001` into `127.0.0.1`.
 */
export function localityOf(baseUrl: URL): Locality {
  if (baseUrl.protocol === 'unix:') return 'local';
  return loopback.test(baseUrl.hostname.replace(/\.$/, '')) ? 'local' : 'remote';
}

/**
 * Reads a base URL as a person types it; `localhost:11434` without a scheme means http.
 * @throws KhipuError `invalid-settings`; the text is not repeated, since it may carry a password
 */
export function parseBaseUrl(text: string): URL {
  const trimmed = text.trim();
  const url = URL.parse(trimmed.includes('://') ? trimmed : `http://${trimmed}`);
  if (url === null || !/^https?:$/.test(url.protocol)) {
    throw new KhipuError('invalid-settings', "The model's base URL is not an http or https address.", {
      hint: 'For example: http://127.0.0.1:11434 or https://api.openai.com/v1',
    });
  }
  return url;
}
