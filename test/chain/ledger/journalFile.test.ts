import { type FileHandle, mkdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "chai";
import { openJournalFile } from "../../../src/chain/ledger/journalFile.ts";
import { withFileHandle } from "./fileHandle.ts";
import { withDataDir } from "./ledgerFixture.ts";

describe("the file under the journal", () => {
  it("is made with its folders, for its owner alone, and is empty", () =>
    withDataDir(async (dataDir) => {
      const folder = join(dataDir, "a", "b");
      const file = await openJournalFile(folder);
      expect(await file.size()).to.equal(0);
      const { mode } = await stat(join(folder, "ledger.journal"));
      if (process.platform !== "win32") expect(mode & 0o777).to.equal(0o600);
      await file.close();
    }));

  it("keeps what it has when it is opened again", () =>
    withDataDir(async (dataDir) => {
      await writeFile(join(dataDir, "ledger.journal"), "before");
      const file = await openJournalFile(dataDir);
      expect(await file.size()).to.equal(6);
      await file.write(Buffer.from(" and after"), 6);
      await file.sync();
      await file.close();
      expect(await readFile(join(dataDir, "ledger.journal"), "utf8")).to.equal("before and after");
    }));

  it("reads from any place, and fewer bytes only at its end", () =>
    withDataDir(async (dataDir) => {
      await writeFile(join(dataDir, "ledger.journal"), "0123456789");
      const file = await openJournalFile(dataDir);
      expect((await file.read(0, 10)).toString()).to.equal("0123456789");
      expect((await file.read(2, 3)).toString()).to.equal("234");
      expect((await file.read(8, 100)).toString()).to.equal("89");
      expect((await file.read(10, 5)).length).to.equal(0);
      expect((await file.read(3, 0)).length).to.equal(0);
      await file.close();
    }));

  it("writes over what is there, and is cut to a size", () =>
    withDataDir(async (dataDir) => {
      const file = await openJournalFile(dataDir);
      await file.write(Buffer.from("0123456789"), 0);
      await file.write(Buffer.from("ab"), 4);
      await file.write(Buffer.alloc(0), 4);
      await file.truncate(8);
      await file.sync();
      expect((await file.read(0, 100)).toString()).to.equal("0123ab67");
      expect(await file.size()).to.equal(8);
      await file.close();
    }));

  it("is closed once and for all", () =>
    withDataDir(async (dataDir) => {
      const file = await openJournalFile(dataDir);
      await file.close();
      expect(await file.size().catch((error: NodeJS.ErrnoException) => error.code)).to.equal("EBADF");
      expect(await file.sync().catch((error: NodeJS.ErrnoException) => error.code)).to.equal("EBADF");
    }));

  it("is not made anew when it is there and cannot be opened", () =>
    withDataDir(async (dataDir) => {
      await mkdir(join(dataDir, "ledger.journal"));
      const code = await openJournalFile(dataDir).catch((error: NodeJS.ErrnoException) => error.code);
      expect(code).to.be.oneOf(["EISDIR", "EPERM"]);
    }));

  it("is read and written whole where the system takes a few bytes at a time", () =>
    withDataDir(async (dataDir) => {
      await withFileHandle({ bytesMax: 3 }, async () => {
        const file = await openJournalFile(dataDir);
        await file.write(Buffer.from("0123456789"), 0);
        await file.write(Buffer.from("abcdefg"), 2);
        expect((await file.read(1, 8)).toString()).to.equal("1abcdefg");
        await file.close();
      });
      expect(await readFile(join(dataDir, "ledger.journal"), "utf8")).to.equal("01abcdefg9");
    }));

  it("outlives a power cut: its folder's entry is forced to the disk when it is made, where the system can", async () => {
    const isFolder: boolean[] = [];
    const handles: FileHandle[] = [];
    const sync = async (handle: FileHandle): Promise<void> => {
      handles.push(handle);
      isFolder.push((await handle.stat()).isDirectory());
    };
    const made = (platform: NodeJS.Platform) =>
      withDataDir(async (dataDir) => {
        const here = process.platform;
        Object.defineProperty(process, "platform", { value: platform });
        try {
          await withFileHandle({ sync }, async () => {
            await (await openJournalFile(dataDir)).close();
            await (await openJournalFile(dataDir)).close();
          });
        } finally {
          Object.defineProperty(process, "platform", { value: here });
        }
      });
    await made("win32");
    expect(isFolder).to.deep.equal([]);
    if (process.platform === "win32") return;
    await made("linux");
    expect(isFolder, "once, not when it was there already").to.deep.equal([true]);
    expect(handles[0]?.fd, "closed").to.equal(-1);
  });
});
