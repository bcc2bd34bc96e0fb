-- watch: KEYS stream meta   ARGV group
-- What tells that somebody interfered. Replies {now_ms, last_id, pending_idle_ms, refused_below_floor, lost, commits}; last_id '' without a stream.
-- pending_idle_ms is the longest time since one of the oldest pending entries was handed out: entries are handed out in order, so the longest waiting are among those.
local PENDING_LOOKED_AT = 100
local function watch(keys, args)
  local stream, last, idle = keys[1], '', 0
  if redis.call('EXISTS', stream) == 1 then
    last = pairs_of(redis.call('XINFO', 'STREAM', stream))['last-generated-id']
    if find_group(stream, args[1]) then
      local pending = redis.call('XPENDING', stream, args[1], '-', '+', PENDING_LOOKED_AT)
      for i = 1, #pending do idle = math.max(idle, pending[i][3]) end
    end
  end
  local books = redis.call('HMGET', keys[2], 'refused_below_floor', 'lost', 'commits')
  return { now_ms(), last, idle, tonumber(books[1] or '0') or 0, tonumber(books[2] or '0') or 0, tonumber(books[3] or '0') or 0 }
end

-- undelivered: KEYS stream   ARGV group
-- Entries that wait to be handed out to the group; nil when nobody knows. Redis's own number is nil or wrong after a reload of the append-only
-- file, on replicas and where entries were deleted, and mends itself once the group has caught up; what the ids contradict is not believed.
local function undelivered(keys, args)
  local stream = keys[1]
  if redis.call('EXISTS', stream) == 0 then return false end
  local info, group = pairs_of(redis.call('XINFO', 'STREAM', stream)), find_group(stream, args[1])
  if not group then return false end
  if id_at_most(info['last-generated-id'], group['last-delivered-id']) then return 0 end
  local next_entries = redis.call('XRANGE', stream, '(' .. group['last-delivered-id'], '+', 'COUNT', 1)
  if #next_entries == 0 then return 0 end
  local lag = group.lag
  if not lag or lag < 1 or lag > info.length then return false end
  return lag
end

-- lease: KEYS lease   ARGV token length_ms
-- Takes or renews a lease unless somebody else has it; length 0 gives it back. Replies 1 when it is (or was) the caller's, else 0.
-- Nothing that must be exact may rest on it: a clock that steps ends leases early or late.
local function lease(keys, args)
  local token, length = args[1] or refuse_arguments('a lease needs a token'), whole(args, 2)
  local holder = redis.call('GET', keys[1])
  if holder and holder ~= token then return 0 end
  if length == 0 then redis.call('DEL', keys[1]) else redis.call('SET', keys[1], token, 'PX', string.format('%.0f', length)) end
  return 1
end

redis.register_function{ function_name = 'sg_watch_v1', callback = watch, flags = { 'no-writes', 'allow-oom' } }
redis.register_function{ function_name = 'sg_undelivered_v1', callback = undelivered, flags = { 'no-writes', 'allow-oom' } }
redis.register_function{ function_name = 'sg_lease_v1', callback = lease, flags = { 'allow-oom' } }
