-- append: KEYS stream producers
--         ARGV producer sequence is_oldest entry_count (field_count (name value)…)…
-- Appends entries unless this producer's sequence was seen: a send whose reply was lost may be repeated.
-- Sequences arrive in order or not at all. One that skips is refused (SGGAP), since the skipped send may have failed while
-- this one was on its way behind it, and would then be dropped as seen. Only the oldest send a producer still has in hand
-- (is_oldest 1) may skip: what came before it was acknowledged, and lost by Redis since.
-- Replies {'OK' | 'GAP', last id} or {'DUPLICATE', ''}.
-- No allow-oom: a full Redis refuses new events and goes on counting.
local function append(keys, args)
  local stream, producers = keys[1], keys[2]
  local producer, sequence, is_oldest, entries = args[1], whole(args, 2), args[3] == '1', whole(args, 4)
  if entries < 1 then refuse_arguments('append needs at least one entry') end
  local at = 5
  for _ = 1, entries do
    local fields = whole(args, at)
    if fields < 1 then refuse_arguments('an entry needs at least one field') end
    at = at + 1 + 2 * fields
  end
  if at ~= #args + 1 then refuse_arguments('append has ' .. #args .. ' arguments, its counts say ' .. (at - 1)) end
  local known = redis.call('HGET', producers, producer)
  local last = known and tonumber(string.match(known, '^%d+')) or 0 -- a spoilt record counts as forgotten
  if sequence <= last then return { 'DUPLICATE', '' } end
  if sequence > last + 1 and not is_oldest then return redis.error_reply('SGGAP the sequence before this one has not arrived, send it first') end
  local id
  at = 5
  for _ = 1, entries do
    local first = at + 1
    at = first + 2 * tonumber(args[at])
    id = redis.call('XADD', stream, '*', unpack(args, first, at - 1))
  end
  redis.call('HSET', producers, producer, sequence .. ' ' .. string.match(id, '^%d+'))
  if sequence > last + 1 then return { 'GAP', id } end
  return { 'OK', id }
end

redis.register_function('sg_append_v1', append)
