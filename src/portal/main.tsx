import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { App } from "./App.tsx";
import { startTranslations } from "./i18n.ts";

const place = document.getElementById("portal");
if (!place) throw new Error("invariant: index.html has the portal's place");

await startTranslations();
createRoot(place).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
