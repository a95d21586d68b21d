// Boots the store's worker thread as it is, over a disk whose operations are written down.
import { register } from "tsx/esm/api";

register();
const { startRecording } = await import("../recordingThread.ts");
startRecording();
await import("../../../src/store/pgliteWorker.ts");
