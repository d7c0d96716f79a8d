/** The bridge between the host and the nodes. The host's firewall and settings stay as they are. */
import { run } from './commands.ts';
import type { Layout, NodeLayout } from './layout.ts';

const OWNER = 'farled test cluster ';

interface Link {
  readonly ifname: string;
  readonly ifalias?: string;
}

interface Route {
  readonly dst: string;
  readonly dev?: string;
}

/** The folder of the cluster that has the bridge; undefined when no cluster has. Each home has folders of its own. */
export async function folderOfBridge(layout: Layout): Promise<string | undefined> {
  const alias = (await linkNamed(layout.bridge))?.ifalias;
  return alias?.startsWith(OWNER) === true ? alias.slice(OWNER.length) : undefined;
}

/** A node that lives holds a link to the bridge. */
export async function hasNodes(layout: Layout): Promise<boolean> {
  return (await links(['master', layout.bridge])).length > 0;
}

/** Refuses when the bridge's name or the network's addresses belong to somebody else. */
export async function requireFreeNetwork(layout: Layout): Promise<void> {
  const bridge = await linkNamed(layout.bridge);
  if (bridge !== undefined && bridge.ifalias !== ownedBy(layout)) {
    throw new Error(
      `A link ${layout.bridge} is there that this cluster did not make. Remove it (ip link delete ${layout.bridge}) ` +
        `if nothing needs it, or start the cluster under another number.`,
    );
  }
  const routes = JSON.parse((await run('ip', ['-json', '-4', 'route', 'show', 'table', 'all'])) || '[]') as Route[];
  const taken = routes.find(({ dst, dev }) => dev !== layout.bridge && overlaps(dst, layout.network));
  if (taken !== undefined) {
    throw new Error(
      `The cluster would use ${layout.network}, but ${taken.dst} is routed through ${taken.dev ?? 'something else'} ` +
        `on this machine. Start the cluster under another number.`,
    );
  }
}

export async function createBridge(layout: Layout): Promise<void> {
  await ip(['link', 'add', layout.bridge, 'type', 'bridge']);
  await ip(['link', 'set', layout.bridge, 'alias', ownedBy(layout)]);
  await ip(['address', 'add', `${layout.hostAddress}/24`, 'dev', layout.bridge]);
  await ip(['link', 'set', layout.bridge, 'up']);
}

/** Plugs a node's network namespace into the bridge and tells host and node the way to all pods and services. */
export async function connectNode(layout: Layout, node: NodeLayout, init: number): Promise<void> {
  const inNode = (args: readonly string[]): Promise<string> =>
    run('nsenter', ['--target', String(init), '--net', 'ip', ...args]);
  await ip(['link', 'add', node.link, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', String(init)]);
  await ip(['link', 'set', node.link, 'master', layout.bridge, 'up']);
  await inNode(['link', 'set', 'lo', 'up']);
  await inNode(['address', 'add', `${node.address}/24`, 'dev', 'eth0']);
  await inNode(['link', 'set', 'eth0', 'up']);
  await inNode(['route', 'add', 'default', 'via', layout.hostAddress]);
  for (const other of layout.nodes.filter(({ name }) => name !== node.name)) {
    await inNode(['route', 'add', other.podRange, 'via', other.address]);
  }
  await ip(['route', 'replace', node.podRange, 'via', node.address]);
  if (node.name === layout.nodes[0]?.name) {
    // Any node knows every service; the host asks the first.
    await ip(['route', 'replace', layout.serviceRange, 'via', node.address]);
  }
}

export async function disconnectNode(layout: Layout, node: NodeLayout): Promise<void> {
  if ((await linksOf(layout)).some(({ ifname }) => ifname === node.link)) {
    await ip(['link', 'delete', node.link]).catch(async (error: unknown) => {
      // The kernel removes the link by itself when the node's namespace goes.
      if ((await linkNamed(node.link)) !== undefined) {
        throw error;
      }
    });
  }
}

/** The routes go with the bridge. */
export async function deleteBridge(layout: Layout): Promise<void> {
  const bridge = await linkNamed(layout.bridge);
  if (bridge?.ifalias === ownedBy(layout)) {
    await ip(['link', 'delete', layout.bridge]);
  }
}

/** A bridge has no owner; its alias says whose it is. */
function ownedBy(layout: Layout): string {
  return `${OWNER}${layout.folder}`;
}

async function linkNamed(name: string): Promise<Link | undefined> {
  return (await links()).find(({ ifname }) => ifname === name);
}

async function linksOf(layout: Layout): Promise<readonly Link[]> {
  const bridge = await linkNamed(layout.bridge);
  return bridge?.ifalias === ownedBy(layout) ? links(['master', layout.bridge]) : [];
}

async function links(filter: readonly string[] = []): Promise<readonly Link[]> {
  return JSON.parse((await run('ip', ['-json', 'link', 'show', ...filter])) || '[]') as Link[];
}

function ip(args: readonly string[]): Promise<string> {
  return run('ip', args);
}

function overlaps(a: string, b: string): boolean {
  if (a === 'default') {
    return false;
  }
  const [first, second] = [rangeOf(a), rangeOf(b)];
  return first.start <= second.end && second.start <= first.end;
}

function rangeOf(cidr: string): { readonly start: number; readonly end: number } {
  const [address = '', length = '32'] = cidr.split('/');
  const size = 2 ** (32 - Number(length));
  const start = address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
  return { start, end: start + size - 1 };
}
