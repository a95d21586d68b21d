import path from "node:path";
import express, { type Application, type RequestHandler } from "express";

/**
 * The browser's portal as built into `folder`: `/` and every address below `/app/` answer `index.html`, because the
 * portal finds its own way from there. Files under `assets/` carry their hash in their name and are kept for ever;
 * the page that names them is asked for anew each time.
 */
export function mountPortal(app: Application, folder: string): void {
  app.get(["/", "/app", "/app/{*rest}"], (_request, response, next) => {
    response.setHeader("Cache-Control", askAnew);
    response.sendFile("index.html", { root: folder }, (error) => {
      if (error) next(isMissing(error) ? undefined : error);
    });
  });
  app.use("/assets", serveFiles(path.join(folder, "assets"), keptForEver));
  app.use(serveFiles(folder, askAnew));
}

/** A portal that is not built is an address that does not exist, not a fault. */
function isMissing(error: NodeJS.ErrnoException): boolean {
  return error.code === "ENOENT";
}

const askAnew = "no-cache";
const keptForEver = "public, max-age=31536000, immutable";

function serveFiles(folder: string, cacheControl: string): RequestHandler {
  return express.static(folder, {
    index: false,
    redirect: false,
    setHeaders: (response) => response.setHeader("Cache-Control", cacheControl),
  });
}
