import { expect, it } from 'vitest';
import { isType } from '../src/state/filter';

it('writes any name as a text of the filter language', () => {
  expect(isType('purchase')).toBe("event_type == 'purchase'");
  expect(isType("it's \\ here")).toBe("event_type == 'it''s \\ here'");
});
