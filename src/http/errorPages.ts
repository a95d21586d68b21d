import type { Application } from "express";
import { type Code, codes } from "../shared/errors/codes.ts";
import { AppError } from "../shared/errors.ts";
import { refuseMethod } from "./refuseMethod.ts";

const allCodes = (Object.keys(codes) as Code[]).sort();

function isCode(text: string): text is Code {
  return Object.hasOwn(codes, text);
}

/** `/errors` lists all codes, `/errors/<code>` is the page that a problem's `type` leads to. */
export function mountErrorPages(app: Application): void {
  app
    .route("/errors")
    .get((_request, response) => {
      response.type("html").send(errorIndexPage());
    })
    .all(refuseMethod(["get"]));
  app
    .route("/errors/:code")
    .get((request, response) => {
      const { code } = request.params;
      if (!isCode(code)) throw new AppError("request.not_found");
      response.type("html").send(errorPage(code));
    })
    .all(refuseMethod(["get"]));
}

export function errorPage(code: Code): string {
  const row = codes[code];
  const retry = row.retry ? "The same request may succeed later." : "The same request will fail again.";
  return page(
    row.title,
    `<p><code>${code}</code>, HTTP status ${row.status}. ${retry}</p>
<p>${inline(row.page)}</p>
<p><a href="/errors">All codes</a></p>`,
  );
}

function errorIndexPage(): string {
  const items = allCodes.map(
    (code) => `<li><a href="/errors/${code}"><code>${code}</code></a> ${inline(codes[code].title)}</li>`,
  );
  return page("Error codes", `<ul>\n${items.join("\n")}\n</ul>`);
}

/** The same table as Markdown, for `docs/errors.md`. */
export function errorsMarkdown(): string {
  const sections = allCodes.map((code) => {
    const row = codes[code];
    return `## ${code}\n\n${row.title}. HTTP ${row.status}${row.retry ? ", may be retried" : ""}.\n\n${row.page}\n`;
  });
  return `# Error codes\n\nGenerated from \`src/shared/errors/\`; do not edit.\n\n${sections.join("\n")}`;
}

function page(title: string, content: string): string {
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark">
<title>${escapeHtml(title)}</title>
<main>
<h1>${escapeHtml(title)}</h1>
${content}
</main>
</html>
`;
}

/** Escaped text in which \`backquotes\` mark code. */
function inline(text: string): string {
  return escapeHtml(text).replaceAll(/`([^`]*)`/g, "<code>$1</code>");
}

function escapeHtml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
}
