export const PROXY_PORT = 3_128;

/** One that would be obeyed: it listens, in the namespace, and is no address to be called. */
const proxy = `http://127.0.0.1:${PROXY_PORT}`;

/** All by which a program is told of a proxy. */
export const proxies: Record<string, string> = {
  HTTP_PROXY: proxy,
  HTTPS_PROXY: proxy,
  ALL_PROXY: proxy,
  http_proxy: proxy,
  https_proxy: proxy,
  all_proxy: proxy,
  NODE_USE_ENV_PROXY: '1',
};
