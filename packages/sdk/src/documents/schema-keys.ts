/** Which field names a schema knows at a path: what a misspelt one is compared with. */
import type { z } from 'zod';

type Schema = z.core.$ZodType;
type Definition = z.core.$ZodTypes['_zod']['def'];

/** Names of the fields of the object at `path`, empty when the schema takes any name there. */
export function knownKeys(schema: Schema, path: readonly PropertyKey[]): string[] {
  const keys = schemasAt(schema, path).flatMap((found) => {
    const definition = definitionOf(found);
    return definition.type === 'object' ? Object.keys(definition.shape) : [];
  });
  return [...new Set(keys)];
}

/** A union has several schemas at one path. */
function schemasAt(schema: Schema, path: readonly PropertyKey[]): Schema[] {
  const definition = definitionOf(schema);
  switch (definition.type) {
    case 'optional':
    case 'nullable':
    case 'default':
    case 'prefault':
      return schemasAt(definition.innerType, path);
    case 'union':
      return definition.options.flatMap((option) => schemasAt(option, path));
    default:
      break;
  }
  const [key, ...rest] = path;
  if (key === undefined) {
    return [schema];
  }
  switch (definition.type) {
    case 'object': {
      const field = definition.shape[String(key)];
      return field === undefined ? [] : schemasAt(field, rest);
    }
    case 'array':
      return schemasAt(definition.element, rest);
    case 'record':
      return schemasAt(definition.valueType, rest);
    default:
      return [];
  }
}

function definitionOf(schema: Schema): Definition {
  return (schema as z.core.$ZodTypes)._zod.def;
}
