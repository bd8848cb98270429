/** Where OpenAI's protocol differs at Azure: addresses with a query, deployments in the path, and the key in a header of its own. */

const azureHost = /\.(openai|cognitiveservices|services\.ai)\.azure\.(com|us|cn)$/;

/** Whether Azure answers there; told by the host alone. */
export function isAzure({ hostname }: URL): boolean {
  return azureHost.test(hostname.replace(/\.$/, ''));
}

/** The deployment that a URL names in its path; undefined for the form with `/openai/v1`. */
export function deploymentOf(baseUrl: string): string | undefined {
  const [, name] = /\/deployments\/([^/]+)/.exec(URL.parse(baseUrl)?.pathname ?? '') ?? [];
  return name === undefined ? undefined : decodeURIComponent(name);
}

/**
 * A base URL out of what people paste: without `/chat/completions`, and for a bare Azure endpoint with the path of its API.
 * @param text a URL
 */
export function tidyBaseUrl(text: string): string {
  const url = new URL(text);
  url.hash = '';
  url.pathname = url.pathname.replace(/\/(chat\/completions|responses|embeddings)\/?$/, '');
  if (isAzure(url) && /^\/?$/.test(url.pathname)) url.pathname = '/openai/v1';
  return url.href;
}

/** What the SDK is to be told of a base URL. */
export interface ClientAddress {
  /** Without the query, behind which the SDK would write its paths. */
  readonly baseURL: string;
  readonly defaultQuery: Record<string, string>;
  /** A header that is null is not sent. */
  readonly defaultHeaders: Record<string, string | null>;
}

/** @param key undefined when there is none to send */
export function clientAddress(baseUrl: URL, key: string | undefined): ClientAddress {
  const plain = new URL(baseUrl);
  plain.search = '';
  const withoutBearer = key === undefined || isAzure(baseUrl);
  return {
    baseURL: plain.href.replace(/\/$/, ''),
    defaultQuery: Object.fromEntries(baseUrl.searchParams),
    defaultHeaders: {
      ...(withoutBearer && { Authorization: null }),
      ...(isAzure(baseUrl) && key !== undefined && { 'api-key': key }),
    },
  };
}

/** What to do about a 404 from Azure, whose most common cause is the address. */
export function azureHint(baseUrl: URL): string | undefined {
  if (!isAzure(baseUrl)) return undefined;
  if (deploymentOf(baseUrl.href) === undefined)
    return 'Name the deployment as the model, and let the base URL end in /openai/v1.';
  return baseUrl.searchParams.has('api-version')
    ? 'Check the name of the deployment and its api-version.'
    : 'The URL of a deployment needs its ?api-version=, as the Azure portal shows it.';
}
