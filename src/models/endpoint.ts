/** What the parts of this room need to know of the server that a model is asked at. */
import { modelLabel, type ServerProvider } from './chatModel.ts';
import type { Locality } from './locality.ts';

/** Stands for a model's name where the server itself is asked. */
export const serverItself = 'models';

export interface ModelEndpoint {
  readonly provider: ServerProvider;
  /** The provider's name of the model. */
  readonly name: string;
  readonly baseUrl: URL;
  readonly locality: Locality;
  /** The API key, so that it can be struck out of whatever the server says. */
  readonly key: string | undefined;
}

/** `openai:gpt-5 at api.openai.com`, for messages; never with the credentials that a URL may carry. */
export function describeEndpoint(endpoint: ModelEndpoint): string {
  return `${modelLabel(endpoint)} at ${endpoint.baseUrl.host}`;
}
