/** One call of the API: what is sent, and how messages call it. */
export interface Call {
  /** As in «Could not apply Deployment farled/iris». */
  readonly verb: string;
  readonly subject: string;
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly query?: Readonly<Record<string, string | number | boolean | undefined>>;
  readonly body?: { readonly type: string; readonly value: unknown };
  /** Whether doing it twice is as good as once, so that it may be repeated when the answer was lost. */
  readonly repeatable: boolean;
  /** The API server's words may quote what was sent, which is a secret here. */
  readonly secret?: boolean;
}

/** Path and query as they go over the wire, below `prefix`. */
export function requestTarget(prefix: string, { path, query }: Pick<Call, 'path' | 'query'>): string {
  const said = Object.entries(query ?? {}).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, String(value)] as [string, string]],
  );
  return said.length === 0 ? `${prefix}${path}` : `${prefix}${path}?${new URLSearchParams(said).toString()}`;
}
