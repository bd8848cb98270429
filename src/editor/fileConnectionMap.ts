/** Which file has which connection of its own, kept by address while files and folders are renamed and deleted. Pure. */

/** The id of a connection by the URI of a file. */
export type FileConnectionMap = Readonly<Record<string, string>>;

/** With this file's connection; without one when `id` is undefined. */
export function withFile(map: FileConnectionMap, uri: string, id: string | undefined): FileConnectionMap {
  const others = Object.entries(map).filter(([each]) => each !== uri);
  return Object.fromEntries(id === undefined ? others : [...others, [uri, id]]);
}

/** After a file, or a folder with all that is in it, has got another address. */
export function withRenamed(map: FileConnectionMap, from: string, to: string): FileConnectionMap {
  const moved = Object.entries(map).map(([uri, id]) => [
    isIn(uri, from) ? to + uri.slice(from.length) : uri,
    id,
  ]);
  return Object.fromEntries(moved) as FileConnectionMap;
}

/** After a file, or a folder with all that is in it, was deleted. */
export function withoutDeleted(map: FileConnectionMap, uri: string): FileConnectionMap {
  return Object.fromEntries(Object.entries(map).filter(([each]) => !isIn(each, uri)));
}

function isIn(uri: string, folder: string): boolean {
  return uri === folder || uri.startsWith(`${folder.replace(/\/$/, '')}/`);
}
