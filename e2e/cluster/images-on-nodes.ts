/** What nodes have pulled. */
import { run } from './commands.ts';
import { SOCKET } from './containerd.ts';
import type { Layout } from './layout.ts';
import { recordedProcesses } from './processes.ts';

/** Takes an image from all nodes, with those of its layers that no other image has: it will be pulled again. */
export async function forgetImage(layout: Layout, digest: string): Promise<void> {
  const processes = await recordedProcesses(layout);
  await Promise.all(
    layout.nodes.map(async ({ name }) => {
      const init = processes.find((record) => record.name === name);
      if (init === undefined) {
        throw new Error(`Node ${name} is not up.`);
      }
      const inside = ['--target', String(init.pid), '--mount', '--net', '--pid', '--'];
      const images = ['ctr', '--address', SOCKET, '--namespace', 'k8s.io', 'images'];
      const ctr = (...args: string[]): Promise<string> => run('nsenter', [...inside, ...images, ...args]);
      const names = (await ctr('ls'))
        .split('\n')
        .map((line) => line.split(/\s+/))
        .filter((columns) => columns.includes(digest))
        .flatMap(([reference]) => reference ?? []);
      if (names.length > 0) {
        await ctr('rm', '--sync', ...names);
      }
    }),
  );
}
