/** Those parts of a kubeconfig that matter for a connection. Source: client-go, tools/clientcmd/api/v1. */
import { z } from 'zod';

const text = z.string().nullish();

export const KubeCluster = z.object({
  server: z.string(),
  'certificate-authority': text,
  'certificate-authority-data': text,
  'insecure-skip-tls-verify': z.boolean().nullish(),
  'tls-server-name': text,
  'proxy-url': text,
});
export type KubeCluster = z.output<typeof KubeCluster>;

export const KubeUser = z.object({
  'client-certificate': text,
  'client-certificate-data': text,
  'client-key': text,
  'client-key-data': text,
  token: text,
  tokenFile: text,
  username: text,
  password: text,
  as: text,
  'as-uid': text,
  'as-groups': z.array(z.unknown()).nullish(),
  exec: z.object({ command: text }).nullish(),
  'auth-provider': z.object({ name: text }).nullish(),
});
export type KubeUser = z.output<typeof KubeUser>;
