-- join: KEYS stream meta aggregates   ARGV group session_retain_ms
-- Makes sure the group exists. A new one starts at the first entry; a lost one at the committed floor, because
-- everything up to there is in the aggregates already, and what lies ahead of it is refused when it comes again. Notes the session retention for readers.
-- Replies {'EXISTING' | 'CREATED' | 'RECREATED', floor, commits}.
local function join(keys, args)
  local stream, meta, aggregates, group = keys[1], keys[2], keys[3], args[1]
  local floor = read_done(meta)
  local commits = redis.call('HGET', meta, 'commits') or '0'
  local had_counts = floor or redis.call('EXISTS', aggregates) == 1
  redis.call('HSET', meta, 'session_retain_ms', args[2])
  local created = redis.pcall('XGROUP', 'CREATE', stream, group, floor or '0', 'MKSTREAM')
  local exists = created.err and string.find(created.err, 'BUSYGROUP', 1, true)
  if created.err and not exists then return created end
  if floor and not id_at_most(floor, pairs_of(redis.call('XINFO', 'STREAM', stream))['last-generated-id']) then
    -- The stream was deleted, and a clock that stepped back would hand out ids below the floor, which no one would ever read.
    redis.call('XSETID', stream, floor)
  end
  if exists then return { 'EXISTING', floor or '0-0', commits } end
  return { had_counts and 'RECREATED' or 'CREATED', floor or '0-0', commits }
end

-- leave: KEYS stream   ARGV group consumer
-- Forgets a consumer that stops, only if it holds nothing: XGROUP DELCONSUMER would throw its pending entries away.
-- Replies the number of entries it still holds.
local function leave(keys, args)
  local consumers = redis.call('XINFO', 'CONSUMERS', keys[1], args[1])
  for i = 1, #consumers do
    local info = pairs_of(consumers[i])
    if info.name == args[2] then
      if info.pending == 0 then redis.call('XGROUP', 'DELCONSUMER', keys[1], args[1], args[2]) end
      return info.pending
    end
  end
  return 0
end

-- tend: KEYS stream meta producers buckets   ARGV group retain_ms retain_bytes_max consumer_idle_ms producer_idle_ms
-- Housekeeping in one step: raises the floor, trims below the low-water mark, forgets idle consumers that hold nothing
-- and producers long silent, sessions past their retention, names of buckets that have expired, and trimmed entries that were not counted. Replies {floor, low-water mark, entries trimmed, stream length, stream bytes, consumers forgotten}.
local BUCKETS_LOOKED_AT_MIN = 50
local TRIM_MAX = 200000 -- entries a call; Redis's own bound of 10,000 a second would be slower than a fast stream
local function tend(keys, args)
  local stream, meta, producers, buckets = keys[1], keys[2], keys[3], keys[4]
  local group, retain_ms, bytes_max, consumer_idle, producer_idle = args[1], tonumber(args[2]), tonumber(args[3]), tonumber(args[4]), tonumber(args[5])
  local now = now_ms()
  local floor, ahead = read_done(meta)

  -- The low-water mark: nothing below it is pending or undelivered in any group. A trimmed pending entry would be an undercount.
  local low, delivered
  local groups = redis.call('XINFO', 'GROUPS', stream)
  for i = 1, #groups do
    local info = pairs_of(groups[i])
    local mark = info['last-delivered-id']
    if info.name == group then delivered = mark end
    if info.pending > 0 then
      local oldest = redis.call('XPENDING', stream, info.name)[2]
      if id_at_most(oldest, mark) then mark = oldest end -- a group that was set backwards has delivered less than it has pending
    end
    if not low or id_at_most(mark, low) then low = mark end
  end
  local rebuilding = rebuild_mark(meta, now)
  if rebuilding and (not low or id_at_most(rebuilding, low)) then low = rebuilding end
  if not delivered then return redis.error_reply('NOGROUP the group is gone') end
  floor = settle(stream, group, meta, floor, ahead, delivered)

  local trimmed = 0
  local by_age = string.format('%.0f-0', math.max(now - retain_ms, 0))
  trimmed = redis.call('XTRIM', stream, 'MINID', '~', id_at_most(by_age, low) and by_age or low, 'LIMIT', TRIM_MAX)
  local bytes = redis.call('MEMORY', 'USAGE', stream, 'SAMPLES', 5) or 0
  local length = redis.call('XLEN', stream)
  if bytes > bytes_max and length > 0 then
    local excess = math.ceil(length * (bytes - bytes_max) / bytes)
    trimmed = trimmed + redis.call('XTRIM', stream, 'MINID', '~', low, 'LIMIT', excess)
  end

  -- What is trimmed will not be counted again, so it need not be remembered either.
  local oldest = redis.call('XRANGE', stream, '-', '+', 'COUNT', 1)[1]
  redis.pcall('ZREMRANGEBYSCORE', uncounted_of(stream), '-inf', oldest and '(' .. string.match(oldest[1], '^%d+') or '+inf')

  local forgotten = 0
  local consumers = redis.call('XINFO', 'CONSUMERS', stream, group)
  for i = 1, #consumers do
    local info = pairs_of(consumers[i])
    if info.pending == 0 and info.idle > consumer_idle then
      redis.call('XGROUP', 'DELCONSUMER', stream, group, info.name)
      forgotten = forgotten + 1
    end
  end
  local sequences = redis.call('HGETALL', producers)
  for i = 1, #sequences, 2 do
    local seen = tonumber(string.match(sequences[i + 1], '%d+$')) or 0
    if now - seen > producer_idle then redis.call('HDEL', producers, sequences[i]) end
  end
  forget_sessions(stream, meta, buckets, now, floor)
  -- Redis expires buckets by itself and tells nobody; a random few are looked at each time, so that names of dead ones stay few.
  local names = redis.call('ZRANDMEMBER', buckets, math.max(BUCKETS_LOOKED_AT_MIN, math.floor(redis.call('ZCARD', buckets) / 1000)))
  for i = 1, #names do
    -- pcall: while the slot moves to another node, a bucket that has left is an error, and no reason to stop here.
    if redis.pcall('EXISTS', '{' .. stream .. '}:' .. names[i]) == 0 then redis.call('ZREM', buckets, names[i]) end
  end
  return { floor, low, trimmed, redis.call('XLEN', stream), bytes, forgotten }
end

redis.register_function{ function_name = 'sg_join_v1', callback = join, flags = { 'allow-oom' } }
redis.register_function{ function_name = 'sg_leave_v1', callback = leave, flags = { 'allow-oom' } }
redis.register_function{ function_name = 'sg_tend_v1', callback = tend, flags = { 'allow-oom' } }
