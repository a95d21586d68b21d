import type { RequestHandler } from "express";
import helmet from "helmet";

/**
 * Security headers for everything that is served. Pages load scripts, styles and data from this server only and run
 * no inline script; nobody may frame them. `Strict-Transport-Security` is left to whatever terminates TLS: over
 * plain HTTP it means nothing, and on a developer's `localhost` it would lock other programs out.
 */
export function securityHeaders(): RequestHandler {
  return helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'none'"],
        scriptSrc: ["'self'"],
        styleSrc: ["'self'"],
        imgSrc: ["'self'", "data:"],
        fontSrc: ["'self'"],
        connectSrc: ["'self'"],
        manifestSrc: ["'self'"],
        formAction: ["'self'"],
        baseUri: ["'none'"],
        frameAncestors: ["'none'"],
      },
    },
    referrerPolicy: { policy: "no-referrer" },
    strictTransportSecurity: false,
  });
}
