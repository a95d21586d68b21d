import { expect } from "chai";
import { type RawBuilder, sql } from "kysely";
import { describeStore } from "../fixtures/database.ts";

describeStore(
  "values come back the same from both engines",
  (fixture) => {
    async function read(expression: RawBuilder<unknown>): Promise<unknown> {
      const { rows } = await sql<{ value: unknown }>`select ${expression} as value`.execute(fixture.store.db);
      return rows[0]?.value;
    }

    it("int8 is a number up to 2^53 - 1, and an error beyond instead of a wrong number", async () => {
      expect(await read(sql`9007199254740991::int8`)).to.equal(Number.MAX_SAFE_INTEGER);
      expect(await read(sql`-9007199254740991::int8`)).to.equal(Number.MIN_SAFE_INTEGER);
      expect(await read(sql`array[1, null, 9007199254740991]::int8[]`)).to.deep.equal([1, null, 9007199254740991]);
      const failure: unknown = await read(sql`9007199254740993::int8`).catch((error: unknown) => error);
      expect(failure).to.be.instanceOf(Error).with.property("message").that.includes("9007199254740993");
    });

    it("the connection works on after a value that could not be read", async () => {
      await read(sql`9007199254740993::int8`).catch(() => undefined);
      expect(await read(sql`1`)).to.equal(1);
    });

    it("numeric is text with every digit, alone and in arrays", async () => {
      const digits = "123456789012345678901234567890.123456789";
      expect(await read(sql`${digits}::numeric(78,9)`)).to.equal(digits);
      expect(await read(sql`array[0.1, ${digits}::numeric, null]`)).to.deep.equal(["0.1", digits, null]);
    });

    it("jsonb is parsed", async () => {
      const value = { a: [1, { b: null }], é: "𝄞", big: "9007199254740993" };
      expect(await read(sql`${JSON.stringify(value)}::jsonb`)).to.deep.equal(value);
      expect(await read(sql`${JSON.stringify([1, "2"])}::jsonb`)).to.deep.equal([1, "2"]);
    });

    it("bytea is bytes, whether given as Buffer or Uint8Array", async () => {
      const bytes = Uint8Array.from({ length: 256 }, (_, index) => index);
      for (const given of [bytes, Buffer.from(bytes)]) {
        const value = await read(sql`${given}::bytea`);
        expect(value).to.be.instanceOf(Uint8Array);
        expect([...(value as Uint8Array)]).to.deep.equal([...bytes]);
      }
    });

    it("a large bytea passes whole", async () => {
      const bytes = Buffer.alloc(3_000_000, "hansa");
      expect(bytes.equals((await read(sql`${bytes}::bytea`)) as Buffer)).to.equal(true);
    });

    it("a date and a local timestamp are text that no time zone moves; an instant is a Date", async () => {
      expect(await read(sql`date '2003-02-28'`)).to.equal("2003-02-28");
      expect(await read(sql`timestamp '2003-02-28 23:59:59.5'`)).to.equal("2003-02-28 23:59:59.5");
      expect(await read(sql`array[date '2003-02-28']`)).to.deep.equal(["2003-02-28"]);
      expect(await read(sql`timestamptz '2003-02-28T23:30:00-02:00'`)).to.deep.equal(new Date("2003-03-01T01:30:00Z"));
      const instant = new Date("2003-03-01T01:30:00.123Z");
      expect(await read(sql`${instant}::timestamptz`)).to.deep.equal(instant);
      expect(await read(sql`current_setting('timezone')`)).to.equal("UTC");
    });

    it("booleans, small numbers, text, arrays and null are themselves", async () => {
      expect(await read(sql`true`)).to.equal(true);
      expect(await read(sql`7::int4`)).to.equal(7);
      expect(await read(sql`0.5::float8`)).to.equal(0.5);
      expect(await read(sql`${"it's \\ \u{1f6a2} 信用证"}::text`)).to.equal("it's \\ \u{1f6a2} 信用证");
      expect(await read(sql`${["a", "b,c", '"']}::text[]`)).to.deep.equal(["a", "b,c", '"']);
      expect(await read(sql`null::text`)).to.equal(null);
      expect(await read(sql`${12345678901234567890n}::numeric`)).to.equal("12345678901234567890");
    });
  },
  { migrations: [] },
);
