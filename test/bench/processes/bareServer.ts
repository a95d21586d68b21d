/** Express with one SELECT by a key for each route, over the same store engine: what reads cost at least. */
import express from "express";
import { silentLogger } from "../../../src/shared/context.ts";
import { migrations } from "../../../src/store/migrations/all.ts";
import { openStore } from "../../../src/store/store.ts";

const [, , dataDir = ""] = process.argv;
const store = await openStore({ context: { logger: silentLogger }, migrations, dataDir });
const app = express();

app.get("/credits", async (request, response) => {
  const { after = "", limit = "50" } = request.query;
  const query = store.db.selectFrom("credits").selectAll().where("id", ">", String(after)).orderBy("id");
  response.json({ items: await query.limit(Number(limit)).execute() });
});

app.get("/credits/:id", async (request, response) => {
  const row = await store.db.selectFrom("credits").selectAll().where("id", "=", request.params.id).executeTakeFirst();
  response.status(row ? 200 : 404).json(row ?? null);
});

const server = app.listen(0, "127.0.0.1", () => {
  const address = server.address();
  if (typeof address === "object") process.send?.(`http://127.0.0.1:${address?.port}`);
});

process.once("message", () => {
  server.close();
  server.closeAllConnections();
  void store.close().then(() => process.disconnect());
});
