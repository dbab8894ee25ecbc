import { enableCompileCache } from "node:module";
import { join } from "node:path";

// Reading and compiling its modules is a third of what a run costs in CPU; Node keeps the result for the next one. Imported
// before everything else: what was loaded earlier is compiled each time. In JavaScript, as what imports it first: to take the
// types out of one file, Node loads a compiler of 14 MiB, and what it makes of the others is kept.
enableCompileCache(join(import.meta.dirname, "..", "node_modules", ".cache", "compiled"));
