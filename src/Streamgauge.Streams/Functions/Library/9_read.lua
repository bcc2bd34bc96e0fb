-- status: KEYS stream   ARGV group
-- Where the group stands. Replies {now_ms, length, entries_added, last_id, delivered_id, pending, oldest_open_id, consumers},
-- consumers as flat (name pending idle_ms)…; oldest_open_id is the oldest entry pending or undelivered, '' when there is none;
-- delivered_id is '' when the group does not exist. From entry ids only: XINFO's own lag may be nil or wrong.
local function status(keys, args)
  local stream, group = keys[1], args[1]
  local now = string.format('%.0f', now_ms())
  if redis.call('EXISTS', stream) == 0 then return { now, 0, 0, '0-0', '', 0, '', {} } end
  local info = pairs_of(redis.call('XINFO', 'STREAM', stream))
  local delivered, pending = '', 0
  local known = find_group(stream, group)
  if known then delivered, pending = known['last-delivered-id'], known.pending end
  local oldest, consumers = '', {}
  if pending > 0 then oldest = redis.call('XPENDING', stream, group)[2] end
  if oldest == '' and delivered ~= ID_MAX then
    local next_entries = redis.call('XRANGE', stream, delivered == '' and '-' or '(' .. delivered, '+', 'COUNT', 1)
    if #next_entries > 0 then oldest = next_entries[1][1] end
  end
  if delivered ~= '' then
    local list = redis.call('XINFO', 'CONSUMERS', stream, group)
    for i = 1, #list do
      local entry = pairs_of(list[i])
      consumers[#consumers + 1] = entry.name
      consumers[#consumers + 1] = entry.pending
      consumers[#consumers + 1] = entry.idle
    end
  end
  return { now, info.length, info['entries-added'], info['last-generated-id'], delivered, pending, oldest, consumers }
end

-- read: KEYS stream meta aggregates session_bucket…   ARGV group
-- All counters at one moment. Replies {status, aggregates, meta, sessions}: two hashes flat, and the distinct sessions in the buckets.
-- A function and not MULTI … EXEC: a full Redis refuses to queue even reads.
local function read(keys, args)
  local sessions = 0
  for i = 4, #keys do
    local counts = redis.call('HMGET', keys[i], 'groups', 'continued')
    sessions = sessions + (tonumber(counts[1] or '0') or 0) - (tonumber(counts[2] or '0') or 0)
  end
  return { status(keys, args), redis.call('HGETALL', keys[3]), redis.call('HGETALL', keys[2]), sessions }
end

-- read_sessions: KEYS ends totals buckets   ARGV gap_ms name
-- The totals of a view of sessions at one moment. Replies {now_ms, live, totals, revision}: sessions whose end + gap is still to come, the hash flat, and the
-- number of the commit that changed it last, 0 for none.
local function read_sessions(keys, args)
  local now = now_ms()
  local live = redis.call('ZCOUNT', keys[1], string.format('(%.0f', now - whole(args, 1)), '+inf')
  local revision = redis.call('ZSCORE', keys[3], args[2] .. ':totals')
  return { string.format('%.0f', now), live, redis.call('HGETALL', keys[2]), tonumber(revision or '0') }
end

redis.register_function{ function_name = 'sg_status_v1', callback = status, flags = { 'no-writes', 'allow-oom' } }
redis.register_function{ function_name = 'sg_read_v1', callback = read, flags = { 'no-writes', 'allow-oom' } }
redis.register_function{ function_name = 'sg_read_sessions_v1', callback = read_sessions, flags = { 'no-writes', 'allow-oom' } }

-- revision: no keys, no arguments. The revision of the library that answers, so that a start need not fetch its code.
redis.register_function{ function_name = 'sg_revision_v1', callback = function() return REVISION end, flags = { 'no-writes', 'allow-oom', 'allow-stale' } }
