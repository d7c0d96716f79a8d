/** Which images a list is of. Pure. */
import type { LegacyImageRecord } from '@farled/state';

type Query = Readonly<Record<string, string | undefined>>;

export function filterImages(images: readonly LegacyImageRecord[], query: Query): readonly LegacyImageRecord[] {
  const { name, version, modelName, modelId, tags, properties, count } = query;
  const found = images.filter(
    (image) =>
      fits(name, image.name) &&
      fits(version, String(image.version)) &&
      (isNotSaid(modelId) || image.recipe.models.includes(modelId)) &&
      (isNotSaid(modelName) || image.recipe.models.some((id) => id.startsWith(`${modelName}:`))) &&
      holds(image.tags, tags) &&
      holds(image.properties, properties),
  );
  const most = Number(count);
  return Number.isInteger(most) && most > 0 ? found.slice(0, most) : found;
}

function isNotSaid(text: string | undefined): text is undefined {
  return text === undefined || text === '';
}

function fits(wanted: string | undefined, value: string): boolean {
  return isNotSaid(wanted) || wanted === value;
}

/** Each «key» or «key=value», separated by commas; all must hold. */
function holds(labels: Readonly<Record<string, string>>, wanted = ''): boolean {
  return wanted
    .split(',')
    .filter((part) => part !== '')
    .every((part) => {
      const at = part.indexOf('=');
      const key = at === -1 ? part : part.slice(0, at);
      return Object.hasOwn(labels, key) && (at === -1 || labels[key] === part.slice(at + 1));
    });
}
