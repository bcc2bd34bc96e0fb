-- Changing the declared views. The catalog is the text in the key `views`; its version is the field views_version of meta, and a commit made for
-- another version is refused. So from the moment a catalog is set, every event not yet done with is counted as the new catalog says, and what is
-- done with at that moment is the seam: floor and ranges, as in the file of what is done. A view that is built counts live events from then on, while
-- whoever builds it reads the retained stream and counts what lies below the seam, step by step: cursor and counts move in one atomic step.
-- Fields of meta while that goes on: rebuild_seam (floor, ranges), rebuild_cursor (all up to here is counted), rebuild_touched_ms.

local REBUILD_STALE_MS = 60000 -- a rebuild nobody has moved on for so long may be taken up by another, and no longer keeps the stream from being trimmed

-- The id below which nothing may be trimmed because a rebuild still has to read it, or nil.
local function rebuild_mark(meta, now)
  local state = redis.call('HMGET', meta, 'rebuild_cursor', 'rebuild_touched_ms')
  if state[1] and now - (tonumber(state[2]) or 0) < REBUILD_STALE_MS then return state[1] end
end

-- set_views: KEYS stream meta views   ARGV group version catalog step
-- Replaces the catalog if its version is still `version`. Step BEGIN starts a rebuild and notes the seam; FINISH ends it; SET does neither.
-- Replies {'OK', version, seam}, {'CHANGED', version} or {'BUSY', cursor, idle_ms}: a rebuild is under way.
local function set_views(keys, args)
  local stream, meta, views = keys[1], keys[2], keys[3]
  local group, expected, catalog, step = args[1], whole(args, 2), args[3], args[4]
  if step ~= 'SET' and step ~= 'BEGIN' and step ~= 'FINISH' then refuse_arguments('no such step: ' .. tostring(step)) end
  local floor, ahead, version = read_done(meta)
  if tonumber(version) ~= expected then return { 'CHANGED', version } end
  local now = now_ms()
  local state = redis.call('HMGET', meta, 'rebuild_cursor', 'rebuild_touched_ms')
  if step ~= 'FINISH' and state[1] then return { 'BUSY', state[1], string.format('%.0f', now - (tonumber(state[2]) or 0)) } end

  local seam = ''
  if step == 'BEGIN' then
    local delivered = '0-0'
    if redis.call('EXISTS', stream) == 1 then
      local groups = redis.call('XINFO', 'GROUPS', stream)
      for i = 1, #groups do
        local info = pairs_of(groups[i])
        if info.name == group then delivered = info['last-delivered-id'] end
      end
    end
    if delivered ~= '0-0' then
      settle(stream, group, meta, floor, ahead, delivered)
      floor, ahead = read_done(meta)
    end
    local words = { floor or '0-0' }
    for i = 1, #ahead do words[#words + 1] = ahead[i][1] .. ' ' .. ahead[i][2] end
    seam = table.concat(words, ' ')
    redis.call('HSET', meta, 'rebuild_seam', seam, 'rebuild_cursor', '0-0', 'rebuild_touched_ms', string.format('%.0f', now))
  elseif step == 'FINISH' then
    redis.call('HDEL', meta, 'rebuild_seam', 'rebuild_cursor', 'rebuild_touched_ms')
  end
  redis.call('SET', views, catalog)
  redis.call('HSET', meta, 'views_version', string.format('%.0f', expected + 1))
  return { 'OK', expected + 1, seam }
end

-- backfill: KEYS stream meta dead buckets aggregates bucket…   ARGV views_version cursor next_cursor section_count section…
-- Counts entries after `cursor` up to `next_cursor` into views that are being built. May be repeated: a step that was done replies OK again.
-- Replies {'OK', cursor}, or, with nothing written, {'CURSOR', cursor}: somebody else has moved it, or {'VIEWS', version}.
local function backfill(keys, args)
  local meta, buckets = keys[2], keys[4]
  local sections, last = read_sections(keys, args, 4)
  if last ~= #args + 1 then refuse_arguments('backfill has ' .. #args .. ' arguments, its counts say ' .. (last - 1)) end
  if not string.match(args[3] or '', '^%d+%-%d+$') then refuse_arguments('argument 3 is no entry id') end
  for i = 6, #keys do
    local kind = redis.call('TYPE', keys[i]).ok
    if kind ~= 'none' and kind ~= 'hash' then return redis.error_reply('SGTYPE key ' .. i .. ' of the backfill is a ' .. kind .. ', expected a hash') end
  end
  local state = redis.call('HMGET', meta, 'views_version', 'rebuild_cursor')
  if state[1] ~= args[1] then return { 'VIEWS', state[1] or '0' } end
  if state[2] == args[3] then return { 'OK', args[3] } end
  if state[2] ~= args[2] then return { 'CURSOR', state[2] or '' } end

  for s = 1, #sections do measure(sections[s], meta) end
  local commits = add(meta, meta, 'commits', 1) or 0
  for s = 1, #sections do apply(sections[s], meta, args) end
  note_buckets(buckets, sections, commits)
  redis.call('HSET', meta, 'rebuild_cursor', args[3], 'rebuild_touched_ms', string.format('%.0f', now_ms()))
  return { 'OK', args[3] }
end

redis.register_function{ function_name = 'sg_set_views_v1', callback = set_views, flags = { 'allow-oom' } }
-- No allow-oom for backfill: a full Redis counts what comes in, and nothing else.
redis.register_function{ function_name = 'sg_backfill_v1', callback = backfill, flags = {} }
