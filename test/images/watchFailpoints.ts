/**
 * Writes down when the real code passes its failpoints, instead of dying there: a cut at that instant can be imagined
 * afterwards, as often as one likes. Only one place is armed at a time; the next one is armed when it was passed.
 */
import { armFailpoint, type Failpoint } from "../../src/shared/failpoint.ts";

export interface Passage<Place extends Failpoint> {
  readonly place: Place;
  readonly instant: number;
}

/** No process has this id; a signal to it comes from a failpoint. */
const nobody = 0x7fff_fff0;

export function watchFailpoints<Place extends Failpoint>(places: readonly Place[], instant: () => number) {
  const passages: Passage<Place>[] = [];
  const realKill = process.kill;
  let armed = 0;

  function arm(): void {
    armFailpoint(places[armed % places.length], nobody);
  }

  process.kill = (pid, signal) => {
    if (pid !== nobody) return realKill.call(process, pid, signal);
    const place = places[armed % places.length];
    if (place) passages.push({ place, instant: instant() });
    armed += 1;
    arm();
    return true;
  };
  arm();

  return {
    passages: passages as readonly Passage<Place>[],
    end() {
      armFailpoint(undefined);
      process.kill = realKill;
    },
  };
}
