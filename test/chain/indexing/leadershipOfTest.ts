import type { Leadership, Lease } from "../../../src/domain/leadership.ts";

/** Leadership that a test gives and takes. */
export function createLeadershipOfTest() {
  let epoch = 0;
  let isFree = true;
  const lost = new Set<number>();
  const released: number[] = [];
  const asked: string[] = [];
  const leadership: Leadership = {
    acquire(name) {
      asked.push(name);
      epoch += isFree ? 1 : 0;
      return Promise.resolve(isFree ? { name, epoch } : undefined);
    },
    release(lease: Lease) {
      released.push(lease.epoch);
      return Promise.resolve();
    },
    isLost: (lease) => lost.has(lease.epoch),
  };
  function setFree(free: boolean): void {
    isFree = free;
  }
  return { leadership, lost, released, asked, setFree };
}
