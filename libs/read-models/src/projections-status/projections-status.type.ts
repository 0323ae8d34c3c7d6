import { ObjectType, registerEnumType } from '@nestjs/graphql';
import { shown } from '../directory/list/shown.js';

export const ProjectionState = {
  LIVE: 'live',
  CATCHING_UP: 'catchingUp',
  STALLED: 'stalled',
  FAILING: 'failing',
  STOPPED: 'stopped',
} as const;
registerEnumType(ProjectionState, {
  name: 'ProjectionState',
  description: 'How a read model is doing (投影状态).',
  valuesMap: {
    LIVE: { description: 'Up to date, but for the last seconds (实时).' },
    CATCHING_UP: { description: 'Behind, and working on it (追赶中).' },
    STALLED: {
      description: 'Events wait and it does not move: its process hangs, or somebody holds its rows (停滞).',
    },
    FAILING: { description: 'Behind because of `lastError`; it is tried again (出错).' },
    STOPPED: { description: 'No process works on it (已停止).' },
  },
});

@ObjectType('Projection', { description: 'A read model or a reactor (投影), measured against the log itself.' })
export class ProjectionType {
  @shown.id('Its name.', { always: true }) name: string;
  @shown.text('`projection` or `reactor`.', { always: true }) kind: string;
  @shown.count('The version of its definition that answers (版本).', { always: true }) version: number;
  @shown.enum(() => ProjectionState, 'How it is doing (状态).') state: string;
  @shown.position('What it has seen (位置).', { always: true }) position: bigint;
  @shown.position('Where the log ends (日志末端).', { always: true }) head: bigint;
  @shown.count('Events that it has not seen (滞后事件数); null: more than 10,000.') lagEvents: number | null;
  @shown.number('Age of the oldest of them in seconds (滞后秒数).', { always: true }) lagSeconds: number;
  @shown.number('How fast it works (每秒事件数).', { always: true }) eventsPerSecond: number;
  @shown.number('Seconds until it has caught up at that rate; null when that cannot be told.') etaSeconds:
    | number
    | null;
  @shown.count('Events that could not be folded and wait (死信).', { always: true }) deadLetters: number;
  @shown.text('What went wrong last (最近错误).') lastError: string | null;
  @shown.instant('When it last moved (更新时间).', { always: true }) updatedAt: string;
  @shown.count('The version that is being built beside it, if one is.') buildingVersion: number | null;
}
