import { describe, expect, it } from 'vitest';
import { sparkPaths } from '../src/charts/sparkline';
import { duration, name, NOTHING, share } from '../src/format';

describe('name', () => {
  it('shows what would hide or turn text around', () => {
    expect(name('a\u202egnp.exe')).toBe('a·gnp.exe');
    expect(name('line\nbreak\u0000')).toBe('line·break·');
    expect(name('<b>bold</b>')).toBe('<b>bold</b>');
    expect(name('x'.repeat(500))).toHaveLength(121);
    expect(name('')).toBe(NOTHING);
  });
});

describe('duration', () => {
  it('takes the unit that fits', () => {
    expect([0, 0.0000905, 0.0016, 1.25, 300, 86_400, 1e6].map(duration)).toEqual(['0 s', '90.5 µs', '1.6 ms', '1.25 s', '5 min', '24 h', '12 d']);
    expect(duration(null)).toBe(NOTHING);
  });
});

describe('share', () => it('is a percentage', () => expect(share(0.1234)).toMatch(/12[.,]3\s?%/)));

describe('sparkPaths', () => {
  it('leaves gaps where nothing is known', () => {
    expect(sparkPaths([0, 10, null, 10], 30, 10).line.match(/M/g)).toHaveLength(2);
    expect(sparkPaths([null, null], 30, 10).line).toBe('');
  });
});
