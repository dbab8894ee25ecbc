const words: Readonly<Record<string, string>> = {
  EISDIR: "it is a folder",
  ENOTDIR: "what should be a folder on the way to it is a file",
  ENOENT: "it is not there",
  EACCES: "permission denied",
  EPERM: "permission denied",
  EROFS: "the file system is read-only",
  ENOSPC: "no space is left",
  EEXIST: "something of that name is in the way",
  ENOTEMPTY: "a folder of that name is in the way",
};

/** The fault of reading or writing a file in words; undefined for an error of another kind. */
export function fileFault(error: unknown): string | undefined {
  return words[(error as NodeJS.ErrnoException | undefined)?.code ?? ""];
}
