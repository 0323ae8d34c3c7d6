import { describe, expect, it } from '@jest/globals';
import { isEmailAddress, isPhoneNumber } from './fields.js';

describe('An e-mail address', () => {
  it.each(['a@b.example', '王芳@例子.中国', 'first.last+tag@corp.co.uk', 'admin@localhost', "o'hara@x.ie"])(
    'may be %s',
    text => expect(isEmailAddress(text)).toBe(true),
  );

  it.each(['not an email', 'a@', '@b.example', 'a@@b.example', 'a@b.example, c@d.example', '无', '-', '<a@b.example>'])(
    'is not %s',
    text => expect(isEmailAddress(text)).toBe(false),
  );
});

describe('A telephone number', () => {
  it.each(['138', '+86 (0)21 5555-0199 ext. 3', '010-12345678转801', '１３８００１３８０００', '139 0000 0000 / 王'])(
    'may be %s',
    text => expect(isPhoneNumber(text)).toBe(true),
  );

  it.each(['无', '-', '见备注', '12', ''])('is not %j', text => expect(isPhoneNumber(text)).toBe(false));
});
