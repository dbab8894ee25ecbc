/**
 * Ends this process once the engine that started it is gone. Without it a plugin outlives an engine that
 * was killed, and a rehearsal of a killed run leaves processes behind for ever.
 */
export function exitWithParent(): void {
  const parent = process.ppid;
  setInterval(() => {
    if (process.ppid !== parent) process.exit(0);
  }, 1000).unref();
}
