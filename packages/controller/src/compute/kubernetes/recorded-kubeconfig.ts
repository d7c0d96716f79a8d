import { Connection, kubeconfigText } from '@farled/kubernetes';

/** @param connection as inspecting a cluster answered it. @throws FarledError Forbidden for the credential of a pod. */
export function recordedKubeconfig(connection: string, name: string): string {
  return kubeconfigText(Connection.parse(JSON.parse(connection)), name);
}
