import { describe, expect, it } from 'vitest';
import { EventParser } from '../src/live/events';
import { pauseAfter } from '../src/live/feed';

describe('EventParser', () => {
  it('gives the same events however the text is cut', () => {
    const text = 'event: snapshot\nid: a-1\ndata: {"x":\ndata: 1}\n\n:\n\nevent: delta\r\nid: a-2\r\ndata: 2\r\n\r\n';
    const whole = new EventParser().push(text);
    expect(whole).toEqual([{ kind: 'snapshot', id: 'a-1', data: '{"x":\n1}' }, { kind: 'delta', id: 'a-2', data: '2' }]);
    for (let size = 1; size < text.length; size++) {
      const parser = new EventParser();
      const events = [];
      for (let at = 0; at < text.length; at += size) events.push(...parser.push(text.slice(at, at + size)));
      expect(events).toEqual(whole);
    }
  });

  it('passes over comments and events without data', () => {
    expect(new EventParser().push(': hello\n\nevent: nothing\n\ndata: x\n\n')).toEqual([{ kind: 'message', id: null, data: 'x' }]);
  });
});

describe('pauseAfter', () => {
  it('doubles up to a bound', () => {
    expect([0, 1, 2, 3, 4, 20].map((failures) => pauseAfter(failures, () => 0.5))).toEqual([1000, 2000, 4000, 8000, 15000, 15000]);
  });
});
