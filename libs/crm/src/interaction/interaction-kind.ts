import { registerEnumType } from '@nestjs/graphql';

/** How one was in touch (联系方式). */
export const InteractionKind = {
  VISIT: 'VISIT',
  CALL: 'CALL',
  EMAIL: 'EMAIL',
  MEETING: 'MEETING',
  MESSAGE: 'MESSAGE',
  OTHER: 'OTHER',
} as const;
export type InteractionKind = keyof typeof InteractionKind;

registerEnumType(InteractionKind, {
  name: 'InteractionKind',
  description: 'How one was in touch (联系方式).',
  valuesMap: {
    VISIT: { description: 'A visit (拜访).' },
    CALL: { description: 'A call (电话).' },
    EMAIL: { description: 'An e-mail (邮件).' },
    MEETING: { description: 'A meeting (会议).' },
    MESSAGE: { description: 'A message (即时消息).' },
    OTHER: { description: 'Anything else (其他).' },
  },
});
