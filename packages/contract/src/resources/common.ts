/** Schemas that several resources share. */
import { z } from 'zod';

import { ResourceGroupName, SubscriptionId, WorkspaceName } from '../names.ts';

/** ISO 8601, UTC. */
export const Timestamp = z.iso.datetime();

export const Tags = z
  .record(z.string().min(1).max(512), z.string().max(8192))
  .refine((tags) => Object.keys(tags).length <= 100, { error: 'must not have more than 100 entries' });
export type Tags = z.infer<typeof Tags>;

/** What updates change of the words about a resource: `tags` replaces all tags, `addProperties` only adds. */
export const TextChanges = {
  description: z.string().max(8192).optional(),
  tags: Tags.optional(),
  addTags: Tags.optional(),
  removeTags: z.array(z.string()).max(100).optional(),
  addProperties: Tags.optional(),
};

export const Sha256 = z
  .string()
  .regex(/^[0-9a-f]{64}$/, { error: 'must be a SHA-256 digest: 64 lowercase hexadecimal digits' });

/** Client-chosen id of the operation that a request starts: the same request sent again with it starts nothing new. */
export const OperationId = z.uuid({ error: 'must be a UUID' });

export const WorkspacePath = z.object({
  subscriptionId: SubscriptionId,
  resourceGroup: ResourceGroupName,
  workspace: WorkspaceName,
});
export type WorkspacePath = z.infer<typeof WorkspacePath>;

/** «key» or «key=value»; repeat it to narrow further. */
const Filter = z
  .union([z.string(), z.array(z.string())])
  .transform((value) => (Array.isArray(value) ? value : [value]));

export const PageQuery = z.strictObject({
  count: z.coerce.number().int().min(1).max(1000).default(100),
  skipToken: z.string().max(1024).optional(),
});
export const FilterQuery = PageQuery.extend({ tag: Filter.optional(), property: Filter.optional() });

export function page<Item extends z.ZodType>(item: Item) {
  return z.object({
    value: z.array(item),
    /** Pass it as `skipToken` to get the next page; absent on the last. */
    skipToken: z.string().optional(),
  });
}

/**
 * A path inside a folder: relative, with forward slashes. Anything that could leave the folder is refused, because
 * these paths are written to disk as they stand.
 */
export const RelativePath = z
  .string()
  .min(1)
  .max(1024)
  .refine((path) => !path.startsWith('/') && !/^[A-Za-z]:/.test(path), { error: 'must be a relative path' })
  .refine((path) => !path.includes('\\') && !path.includes('\0'), { error: 'must not contain a backslash or a NUL' })
  .refine((path) => path.split('/').every((part) => part !== '' && part !== '.' && part !== '..'), {
    error: 'must not contain empty, "." or ".." parts',
  })
  .refine((path) => path.split('/').every((part) => utf8Length(part) <= 255), {
    error: 'must not have a part longer than 255 bytes',
  });

function utf8Length(text: string): number {
  return new TextEncoder().encode(text).length;
}

export const FileEntry = z.strictObject({
  path: RelativePath,
  sha256: Sha256,
  size: z.int().min(0),
  executable: z.boolean().optional(),
});
export type FileEntry = z.infer<typeof FileEntry>;

/** The files of a folder; their bytes are uploaded first, each under its digest. */
export const FileManifest = z
  .array(FileEntry)
  .min(1, { error: 'must name at least one file' })
  .max(100_000)
  .superRefine((files, context) => {
    const seen = new Set<string>();
    for (const [index, { path }] of files.entries()) {
      if (seen.has(path)) {
        context.addIssue({ code: 'custom', message: `names "${path}" twice`, path: [index, 'path'] });
      }
      seen.add(path);
    }
    for (const [index, { path }] of files.entries()) {
      for (let at = path.indexOf('/'); at !== -1; at = path.indexOf('/', at + 1)) {
        if (seen.has(path.slice(0, at))) {
          context.addIssue({
            code: 'custom',
            message: `"${path.slice(0, at)}" is both a file and a folder`,
            path: [index, 'path'],
          });
        }
      }
    }
  });
export type FileManifest = z.infer<typeof FileManifest>;
