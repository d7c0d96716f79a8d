/** The files of a package as azureml-core names them: below a container of its own, among what was uploaded. */
import { OperationId } from '@farled/contract';

const PREFIX = 'package-';

export function packageContainer(packageId: string): string {
  return `${PREFIX}${packageId}`;
}

/** The id of the package that a container is of; undefined for a container of uploads. */
export function packageOf(container: string): string | undefined {
  const id = container.startsWith(PREFIX) ? container.slice(PREFIX.length) : '';
  return OperationId.safeParse(id).success ? id : undefined;
}
