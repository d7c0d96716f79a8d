/** A layer before it is bytes: what lies where, with which rights. */

interface EntryBase {
  /** Absolute in the image, with or without its leading slash. */
  readonly path: string;
  /** Permission bits; set-user-id, set-group-id and sticky bits are kept. */
  readonly mode: number;
  readonly uid?: number;
  readonly gid?: number;
}

export interface FileEntry extends EntryBase {
  readonly kind: 'file';
  readonly source: { readonly file: string } | { readonly bytes: Uint8Array };
  /** When known: a file that turns out to have another size was changed meanwhile, and packing it fails. */
  readonly size?: number;
}

export interface DirectoryEntry extends EntryBase {
  readonly kind: 'directory';
}

interface SymlinkEntry extends Omit<EntryBase, 'mode'> {
  readonly kind: 'symlink';
  readonly target: string;
}

export type LayerEntry = FileEntry | DirectoryEntry | SymlinkEntry;

export interface LayerSource {
  /** For people: shown in logs and in the image's history. */
  readonly name: string;
  /** Decides the bytes: equal keys, equal layers. */
  readonly key: string;
  entries(signal: AbortSignal): AsyncIterable<LayerEntry> | Iterable<LayerEntry>;
}
