// A worker thread does not inherit the TypeScript loader of its parent in every way the parent can be started,
// so the thread registers its own and then becomes the worker.
import { register } from "tsx/esm/api";

register();
await import("./pgliteWorker.ts");
