import { Command } from "commander";
import * as z from "zod";

const Verification = z.object({
  kind: z.string(),
  agrees: z.boolean(),
  compared: z.int(),
  differences: z.array(z.object({ what: z.string(), store: z.string(), ledger: z.string() })),
});

interface Options {
  readonly url: string;
  readonly token?: string | undefined;
}

/** Asks a running gateway, as the user whose API key is given. */
async function verify(deal: string, { url, token }: Options): Promise<number> {
  if (!token) {
    process.stderr.write("An API key is needed: --token, or HANSA_TOKEN in the environment.\n");
    return 2;
  }
  const response = await fetch(`${url}/v1/verifications/${deal}`, {
    headers: { authorization: `Bearer ${token}` },
  }).catch(() => undefined);
  if (!response) {
    process.stderr.write(`No gateway answers at ${url}. Start it with npm start, or name another with --url.\n`);
    return 2;
  }
  const body: unknown = await response.json();
  if (!response.ok) {
    process.stderr.write(`${response.status} ${JSON.stringify(body)}\n`);
    return 2;
  }
  const { kind, agrees, compared, differences } = Verification.parse(body);
  for (const { what, store, ledger } of differences)
    process.stdout.write(`${what}: store ${store}, ledger ${ledger}\n`);
  process.stdout.write(`${kind} ${deal}: ${compared} values compared, ${agrees ? "all agree" : "they differ"}\n`);
  return agrees ? 0 : 1;
}

const program = new Command("hansa").description("Tools that speak with a running gateway");
program
  .command("verify <deal>")
  .description("compare the gateway's view of a credit or escrow with the ledger")
  .option("--url <url>", "the gateway", "http://localhost:8080")
  .option("--token <key>", "API key of a party to the deal", process.env.HANSA_TOKEN)
  .action(async (deal: string, options: Options) => {
    process.exitCode = await verify(deal, options);
  });
await program.parseAsync();
