import type { Stage } from "./stage.ts";

/** Shows the text block of a message that the confirming bank would send. */
export async function showMessage(stage: Stage, message: { path: string; name: string }): Promise<void> {
  const text = String(await stage.get("confirmer", message.path));
  stage.say(`    ${message.name}, as it would go out (GET ${message.path.replace(/0x[0-9a-f]{60}/, "0x…")}):`);
  const block = text.slice(text.indexOf("{4:") + 3, text.indexOf("-}")).trim();
  for (const line of block.split(/\r?\n/)) stage.say(`      ${line}`);
}
