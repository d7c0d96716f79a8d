/** The last table on disk: a router that is started anew serves before anyone tells it anything. */
import { RouteTable } from '@farled/contract';
import { readJsonFile, writeFileAtomically } from '@farled/service';

export async function readTable(path: string): Promise<RouteTable | undefined> {
  const result = RouteTable.safeParse(await readJsonFile(path));
  return result.success ? result.data : undefined;
}

export function writeTable(path: string, table: RouteTable): Promise<void> {
  return writeFileAtomically(path, JSON.stringify(table));
}
