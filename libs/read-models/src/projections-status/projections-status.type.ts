import { ObjectType, registerEnumType } from '@nestjs/graphql';
import type { ProjectionStatus } from '#projections/status.js';
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

@ObjectType({ description: 'A version of a read model that is being built beside the live one (构建中的版本).' })
export class ProjectionBuild {
  @shown.count('Its version (版本).', { always: true }) version: number;
  @shown.position('What it has seen (位置).', { always: true }) position: bigint;
  @shown.number('How much of the log is behind it, from 0 to 1 (进度).', { always: true }) part: number;
  @shown.number('How fast it works (每秒事件数).', { always: true }) eventsPerSecond: number;
  @shown.text('What went wrong last (最近错误).') lastError: string | null;
}

@ObjectType({
  description: 'A version that was built and waits to be compared and swapped, or was not finished (候选版本).',
})
export class ProjectionCandidate {
  @shown.count('Its version (版本).', { always: true }) version: number;
  @shown.position('What it has seen (位置).', { always: true }) position: bigint;
  @shown.flag('Whether it can be swapped; otherwise its build has ended early (可切换).', { always: true })
  ready: boolean;
  @shown.text('What went wrong last (最近错误).') lastError: string | null;
}

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
  @shown.count('Events that were left out because somebody decided so (已跳过).', { always: true }) skipped: number;
  @shown.maybe(() => ProjectionBuild, 'What is being built beside it (构建中).') building: ProjectionBuild | null;
  @shown.maybe(() => ProjectionCandidate, 'What waits beside it (候选).') candidate: ProjectionCandidate | null;
  @shown.count('The version that can be swapped back to (上一版本).') previousVersion: number | null;
}

/** A status as GraphQL shows it. */
export const shownStatus = (status: ProjectionStatus): ProjectionType => ({
  ...status,
  buildingVersion: status.building?.version ?? null,
});
