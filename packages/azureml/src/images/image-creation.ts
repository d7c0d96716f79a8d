import type { Operation } from '@farled/contract';
/**
 * A client waits for an operation after it made an image. An image is a recipe here, which takes no time, so nothing is
 * recorded of it: the id says which image it was, and when.
 */
import type { Clock } from '@farled/service';

const FORM = /^image-([a-z0-9][-.a-z0-9]{2,31})-([1-9]\d{0,14})-(\d{1,14})$/;

export function imageCreationId({ name, version }: { name: string; version: number }, clock: Clock): string {
  return `image-${name}-${version}-${clock.now()}`;
}

/** What such an id stands for; undefined for any other id. */
export function imageCreation(id: string): { readonly operation: Operation; readonly imageId: string } | undefined {
  const [, name, version, at] = FORM.exec(id) ?? [];
  if (name === undefined || version === undefined) {
    return undefined;
  }
  const time = new Date(Number(at)).toISOString();
  const imageId = `${name}:${version}`;
  const target = { type: 'package', name: imageId } as const;
  const operation: Operation = {
    id,
    kind: 'PackageModels',
    target,
    state: 'Succeeded',
    error: null,
    createdTime: time,
    endTime: time,
  };
  return { operation, imageId };
}
