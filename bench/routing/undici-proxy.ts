/** What one would write first: Node's HTTP server, and undici towards the replicas. No policy at all. */
import { createServer } from 'node:http';

import { Pool } from 'undici';

const [port = '', ...replicas] = process.argv.slice(2);
const pools = replicas.map((socketPath) => new Pool('http://replica', { socketPath, pipelining: 1 }));
let turn = 0;

createServer((request, response) => {
  turn = (turn + 1) % pools.length;
  const { connection: _connection, host: _host, ...headers } = request.headers;
  pools[turn]?.dispatch(
    {
      method: request.method === 'GET' ? 'GET' : 'POST',
      path: request.url ?? '/',
      headers,
      body: request,
    },
    {
      onRequestStart: () => {},
      onResponseStart: (_controller, status, answered) => {
        const { connection: _ours, 'keep-alive': _time, 'transfer-encoding': _coding, ...passed } = answered;
        response.writeHead(status, passed);
      },
      onResponseData: (_controller, chunk) => void response.write(chunk),
      onResponseEnd: () => void response.end(),
      onResponseError: () => void response.destroy(),
    },
  );
}).listen(Number(port), '127.0.0.1');
