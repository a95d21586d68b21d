import { createRequire } from "node:module";
import path from "node:path";
import type { Application } from "express";
import { refuseMethod } from "./refuseMethod.ts";

const swaggerFiles = ["swagger-ui.css", "swagger-ui-bundle.js", "favicon-32x32.png"] as const;

const docsPage = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Hansa API</title>
<link rel="icon" href="/docs/favicon-32x32.png">
<link rel="stylesheet" href="/docs/swagger-ui.css">
<div id="api"></div>
<script src="/docs/swagger-ui-bundle.js"></script>
<script src="/docs/init.js"></script>
</html>
`;

/** A file of its own, because the content security policy refuses inline scripts. The validator would be a foreign site. */
const initScript = `SwaggerUIBundle({ url: "/openapi.json", domNode: document.getElementById("api"), deepLinking: true, validatorUrl: null });
`;

/** `/openapi.json` and `/docs`, which shows it in a browser. Everything is served from here, nothing from a CDN. */
export function mountDocs(app: Application, openApiDocument: object): void {
  const swaggerFolder = path.dirname(createRequire(import.meta.url).resolve("swagger-ui-dist/package.json"));
  const documentText = JSON.stringify(openApiDocument);
  const serveText = (address: string, type: string, text: string) =>
    app
      .route(address)
      .get((_request, response) => {
        response.type(type).send(text);
      })
      .all(refuseMethod(["get"]));

  serveText("/openapi.json", "json", documentText);
  serveText("/docs", "html", docsPage);
  serveText("/docs/init.js", "js", initScript);
  for (const file of swaggerFiles) {
    app
      .route(`/docs/${file}`)
      .get((_request, response) => {
        response.setHeader("Cache-Control", "no-cache");
        response.sendFile(file, { root: swaggerFolder });
      })
      .all(refuseMethod(["get"]));
  }
}
