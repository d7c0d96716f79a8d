/** Requests as they go into the digests that tell one from another. */
import type { Inference } from '@farled/contract';
import type { State } from '@farled/state';

/** With a fingerprint in place of the password of the base image's registry. */
export function withoutSecrets(state: State, body: { readonly inference?: Inference | undefined }): unknown {
  const environment = body.inference?.environment;
  if (environment === undefined || !('docker' in environment)) {
    return body;
  }
  const { docker } = environment;
  const { password, ...registry } = docker.baseImageRegistry;
  if (password === null) {
    return body;
  }
  const baseImageRegistry = { ...registry, password: state.fingerprint(password) };
  return {
    ...body,
    inference: { ...body.inference, environment: { ...environment, docker: { ...docker, baseImageRegistry } } },
  };
}
