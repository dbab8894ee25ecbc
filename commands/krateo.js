#!/usr/bin/env node
/** The program behind `npx krateo`, in JavaScript for the reason that run/compile-cache.js gives. */
import "../run/compile-cache.js";

await import("./krateo.ts");
