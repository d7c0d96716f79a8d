import { FarledError } from '@farled/contract';

/** Of `name:version`. @throws FarledError ImageNotFound for an id that no image can have. */
export function parseImageId(id: string): { readonly name: string; readonly version: number } {
  const [, name, version] = /^([^:]+):([1-9]\d{0,14})$/.exec(id) ?? [];
  if (name === undefined || version === undefined) {
    throw new FarledError('ImageNotFound', `There is no image "${id}": ids are name:version, like myimage:1.`);
  }
  return { name, version: Number(version) };
}
