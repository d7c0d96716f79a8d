/** Asks the Python that scripts run in, with the variables that they get. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

import type { PythonFacts } from './facts.ts';

/** Connects as azureml-core does: the name by Python's resolver, trusting what REQUESTS_CA_BUNDLE names. */
const PROBE = `
import json, os, socket, ssl, sys
try:
    from importlib.metadata import version
    azureml = version("azureml-core")
except Exception:
    azureml = None
address = handshake = None
if len(sys.argv) > 1:
    host, port = sys.argv[1], int(sys.argv[2])
    try:
        address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][4][0]
        trusted = ssl.create_default_context(cafile=os.environ.get("REQUESTS_CA_BUNDLE"))
        with socket.create_connection((host, port), timeout=10) as plain:
            trusted.wrap_socket(plain, server_hostname=host).close()
    except Exception as error:
        handshake = "%s: %s" % (type(error).__name__, error)
print(json.dumps({"executable": sys.executable, "version": sys.version.split()[0], "azureml": azureml,
                  "address": address, "handshake": handshake}))
`;
const LONGEST_MS = 30_000;

interface Asked {
  /** Tried in this order. */
  readonly commands: readonly string[];
  /** Null when there is no server to connect to. */
  readonly server: { readonly host: string; readonly port: number } | null;
  readonly folder: string;
  readonly variables: Record<string, string>;
  readonly signal: AbortSignal;
}

export async function askPython({ commands, server, folder, variables, signal }: Asked): Promise<PythonFacts> {
  const place = server === null ? [] : [server.host, String(server.port)];
  let failure: PythonFacts = { kind: 'missing', command: commands[0] ?? 'python', message: 'there is no such program' };
  for (const command of commands) {
    try {
      const { stdout } = await promisify(execFile)(command, ['-c', PROBE, ...place], {
        cwd: folder,
        env: variables,
        signal,
        timeout: LONGEST_MS,
      });
      // A sitecustomize of the user may print as well.
      const line = stdout.trim().split('\n').at(-1) ?? '';
      return { kind: 'found', ...(JSON.parse(line) as Omit<Extract<PythonFacts, { kind: 'found' }>, 'kind'>) };
    } catch (error) {
      signal.throwIfAborted();
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') {
        failure = {
          kind: 'missing',
          command,
          message: (error as Error).message.split('\n').slice(-2).join(' ').trim(),
        };
      }
    }
  }
  return failure;
}
