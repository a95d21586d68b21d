import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";

/** Commands under which browsers of Chromium's kind are found on a PATH. */
const commands = [
  "chromium",
  "chromium-browser",
  "google-chrome",
  "google-chrome-stable",
  "microsoft-edge",
  "microsoft-edge-stable",
  "msedge",
];

/** Where macOS and Windows keep them, below the folders that the system itself names. */
const macApplications = ["Google Chrome", "Chromium", "Microsoft Edge"];
const windowsPrograms = [
  join("Google", "Chrome", "Application", "chrome.exe"),
  join("Microsoft", "Edge", "Application", "msedge.exe"),
];

export interface BrowserPlace {
  readonly platform: NodeJS.Platform;
  readonly env: NodeJS.ProcessEnv;
  readonly exists: (path: string) => boolean;
}

export const browserAdvice =
  "install Chromium, Chrome or Edge (on Debian: apt-get install chromium), or name one in HANSA_BROWSER";

/** Path of a Chromium, Chrome or Edge on this machine, or undefined. `HANSA_BROWSER` names one outright. */
export function findBrowser(
  { platform, env, exists }: BrowserPlace = { platform: process.platform, env: process.env, exists: existsSync },
): string | undefined {
  if (env.HANSA_BROWSER) return env.HANSA_BROWSER;
  return candidates(platform, env).find(exists);
}

function candidates(platform: NodeJS.Platform, env: NodeJS.ProcessEnv): readonly string[] {
  if (platform === "win32") {
    const folders = [env.ProgramFiles, env["ProgramFiles(x86)"], env.LOCALAPPDATA];
    return folders.flatMap((folder) => (folder ? windowsPrograms.map((program) => join(folder, program)) : []));
  }
  const onPath = (env.PATH ?? "")
    .split(delimiter)
    .flatMap((folder) => commands.map((command) => join(folder, command)));
  if (platform !== "darwin") return onPath;
  const installed = macApplications.map((name) => join("/", "Applications", `${name}.app`, "Contents", "MacOS", name));
  return [...onPath, ...installed];
}
