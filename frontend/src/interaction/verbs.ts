/** What the page's keys do to the session. */
import { SPEEDS } from '../state/player.svelte';
import type { Session } from '../state/session.svelte';
import type { Verbs } from './keys';

export function verbsOf(session: Session, help: () => void): Verbs {
  const { player, stage } = session;
  return {
    toggle: () => player.toggle(),
    stepOver: (delta, unit) => player.stepOver(delta, unit),
    toStart: () => player.toStart(),
    toEnd: () => player.toEnd(),
    changeSpeed: (delta) => {
      const next = SPEEDS[SPEEDS.findIndex((speed) => speed === player.speed) + delta];
      if (next !== undefined) player.setSpeed(next);
    },
    loopFromHere: () => player.loopFromHere(),
    loopToHere: () => player.loopToHere(),
    toggleLoop: () => player.toggleLoop(),
    fit: () => stage.fit(),
    turn: () => stage.turn(),
    pan: (right, down) => stage.step(right, down),
    zoom: (factor) => stage.zoom(factor),
    openGroup: (open) => session.openGroup(open),
    openAllGroups: (open) => stage.toggleAll(open),
    search: () => session.search.show(),
    clear: () => (stage.selection ? session.selectNode(null) : player.clearLoop()),
    help,
  };
}
