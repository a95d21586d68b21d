import { EventEmitter } from "node:events";
import { expect } from "chai";
import { deadlineExitCode, listenForSignals, type Signals } from "../../src/signals.ts";

describe("signals to stop", () => {
  let signals: Signals | undefined;
  afterEach(() => signals?.remove());

  function listen(deadlineMs?: number) {
    const emitter = new EventEmitter();
    const { promise: ended, resolve: exit } = Promise.withResolvers<number>();
    const lines: string[] = [];
    const owner = Object.assign(emitter, { exit: exit as never }) as unknown as NodeJS.Process;
    const listening = listenForSignals({
      process: owner,
      complain: (line) => lines.push(line),
      ...(deadlineMs !== undefined && { deadlineMs }),
    });
    signals = listening;
    return { emitter, ended, lines, signals: listening };
  }

  for (const name of ["SIGINT", "SIGTERM"] as const) {
    it(`${name} asks for a stop in good order and ends nothing`, async () => {
      const { emitter, signals: listening, ended } = listen();
      expect(listening.signal.aborted).to.equal(false);
      emitter.emit(name, name);
      expect(await listening.received).to.equal(name);
      expect(listening.signal.aborted).to.equal(true);
      expect(await Promise.race([ended, Promise.resolve("goes on")])).to.equal("goes on");
    });
  }

  it("a second one, of either kind, ends the process at once with the code of that signal", async () => {
    const first = listen();
    first.emitter.emit("SIGTERM", "SIGTERM");
    first.emitter.emit("SIGINT", "SIGINT");
    expect(await first.ended).to.equal(130);
    expect(first.lines).to.deep.equal(["Ended at once by a second signal. What was acknowledged is kept."]);
    first.signals.remove();
    const second = listen();
    second.emitter.emit("SIGTERM", "SIGTERM");
    second.emitter.emit("SIGTERM", "SIGTERM");
    expect(await second.ended).to.equal(143);
  });

  it("a stop that takes too long is ended by force, with a code of its own", async () => {
    const { emitter, ended, lines } = listen(5);
    emitter.emit("SIGTERM", "SIGTERM");
    // The deadline alone keeps no process alive; a test needs something that does.
    const alive = setTimeout(() => {}, 5_000);
    expect(await ended).to.equal(deadlineExitCode);
    clearTimeout(alive);
    expect(lines.join()).to.match(/^The stop did not end within 0.005 seconds: ended by force/);
  });

  it("nobody listens any more once it is removed", () => {
    const { emitter, signals: listening } = listen();
    listening.remove();
    expect(emitter.listenerCount("SIGINT") + emitter.listenerCount("SIGTERM")).to.equal(0);
  });
});
