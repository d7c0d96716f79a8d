/** A line for each request, for `--verbose` and `--debug`. Headers and bodies, which hold secrets, are not shown. */
type Fetch = (url: string, init: RequestInit) => Promise<Response>;

export function tracingFetch(fetch: Fetch, write: (text: string) => void): Fetch {
  return async (url, init) => {
    const started = performance.now();
    const tell = (outcome: string): void => {
      write(`${init.method ?? 'GET'} ${url} → ${outcome} (${Math.round(performance.now() - started)} ms)\n`);
    };
    try {
      const response = await fetch(url, init);
      tell(String(response.status));
      return response;
    } catch (error) {
      tell('no answer');
      throw error;
    }
  };
}
