-- Changing the declared views. The catalog is the text in the key `views`; its version is the field views_version of meta, and a commit made for
-- another version is refused. So from the moment a catalog is set, every event not yet done with is counted as the new catalog says, and what is
-- done with at that moment is the seam: floor and ranges, as in the file of what is done. A view that is built counts live events from then on, while
-- whoever builds it reads the retained stream and counts what lies below the seam, step by step: cursor and counts move in one atomic step.
-- Fields of meta while that goes on: rebuild_seam (floor, ranges), rebuild_end (its last id), rebuild_generation (of what is built), rebuild_cursor (all up to here is counted), rebuild_touched_ms.

local REBUILD_KEEPS_MS = 600000 -- for so long a rebuild that nobody moves keeps the stream from being trimmed; then it is given up

local function end_rebuild(meta)
  redis.call('HDEL', meta, 'rebuild_seam', 'rebuild_end', 'rebuild_generation', 'rebuild_cursor', 'rebuild_touched_ms')
end

-- The id below which nothing may be trimmed because a rebuild still has to read it, or nil.
local function rebuild_mark(meta, now)
  local state = redis.call('HMGET', meta, 'rebuild_cursor', 'rebuild_touched_ms')
  if not state[1] then return nil end
  if now - (tonumber(state[2]) or 0) < REBUILD_KEEPS_MS then return state[1] end
  end_rebuild(meta) -- before anything it has not read is trimmed: it can never be taken up again by mistake
end

-- set_views: KEYS stream meta views   ARGV group version catalog step
-- Replaces the catalog if its version is still `version`. Step BEGIN starts a rebuild and notes the seam; FINISH ends one that has reached it;
-- ABANDON ends one that has not; SET does neither. The new version is the time in microseconds, so that no version ever comes twice, not even after Redis lost state.
-- Replies {'OK', version, seam}, {'CHANGED', version}, {'BUSY', cursor, idle_ms}: a rebuild is under way, or {'UNFINISHED', cursor}.
local function set_views(keys, args)
  local stream, meta, views = keys[1], keys[2], keys[3]
  local group, expected, catalog, step = args[1], whole(args, 2), args[3], args[4]
  if step ~= 'SET' and step ~= 'BEGIN' and step ~= 'FINISH' and step ~= 'ABANDON' then refuse_arguments('no such step: ' .. tostring(step)) end
  local floor, ahead, version = read_done(meta)
  if tonumber(version) ~= expected then return { 'CHANGED', version } end
  local now = now_ms()
  local state = redis.call('HMGET', meta, 'rebuild_cursor', 'rebuild_touched_ms', 'rebuild_end')
  if (step == 'SET' or step == 'BEGIN') and state[1] then return { 'BUSY', state[1], string.format('%.0f', now - (tonumber(state[2]) or 0)) } end
  if step == 'FINISH' and (not state[1] or not state[3] or not id_at_most(state[3], state[1])) then return { 'UNFINISHED', state[1] or '' } end

  local seam = ''
  if step == 'BEGIN' then
    local known = redis.call('EXISTS', stream) == 1 and find_group(stream, group)
    if known and known['last-delivered-id'] ~= '0-0' then
      settle(stream, group, meta, floor, ahead, known['last-delivered-id'])
      floor, ahead = read_done(meta)
    end
    seam = done_text(floor, ahead)
    local reached = #ahead > 0 and ahead[#ahead][2] or floor or '0-0'
    redis.call('HSET', meta, 'rebuild_seam', seam, 'rebuild_end', reached, 'rebuild_generation', string.match(catalog, '"generations":(%d+)') or '', 'rebuild_cursor', '0-0', 'rebuild_touched_ms', string.format('%.0f', now))
  elseif step ~= 'SET' then
    end_rebuild(meta)
  end
  redis.call('SET', views, catalog)
  local next_version = string.format('%.0f', math.max(expected + 1, now_us()))
  redis.call('HSET', meta, 'views_version', next_version)
  return { 'OK', next_version, seam }
end

-- backfill: KEYS stream meta dead buckets aggregates bucket…   ARGV views_version cursor next_cursor section_count section… [session_view_count session_view…]
-- Counts entries after `cursor` up to `next_cursor` into views that are being built. May be repeated: a step that was done replies OK again.
-- Replies {'OK', cursor}, or, with nothing written, {'CURSOR', cursor}: somebody else has moved it, or {'VIEWS', version}.
local function backfill(keys, args)
  local meta, buckets = keys[2], keys[4]
  local sections, last = read_sections(keys, args, 4)
  local session_views, zsets
  session_views, zsets, last = read_session_views(keys, args, last)
  if last ~= #args + 1 then refuse_arguments('backfill has ' .. #args .. ' arguments, its counts say ' .. (last - 1)) end
  if not string.match(args[3] or '', '^%d+%-%d+$') then refuse_arguments('argument 3 is no entry id') end
  check_types(keys, zsets)
  local state = redis.call('HMGET', meta, 'views_version', 'rebuild_cursor')
  if state[1] ~= args[1] then return { 'VIEWS', state[1] or '0' } end
  if state[2] == args[3] then return { 'OK', args[3] } end
  if state[2] ~= args[2] then return { 'CURSOR', state[2] or '' } end

  for s = 1, #sections do measure(sections[s], meta) end
  redis.call('HSET', meta, 'rebuild_cursor', args[3], 'rebuild_touched_ms', string.format('%.0f', now_ms()))
  local commits = add(meta, meta, 'commits', 1) or 0
  apply_sections(sections, meta, args)
  note_buckets(buckets, sections, commits)
  for v = 1, #session_views do
    apply_session_view(session_views[v], meta, args)
    note_session_view(buckets, session_views[v].name, commits)
  end
  return { 'OK', args[3] }
end

redis.register_function{ function_name = 'sg_set_views_v1', callback = set_views, flags = { 'allow-oom' } }
-- No allow-oom for backfill: a full Redis counts what comes in, and nothing else.
redis.register_function{ function_name = 'sg_backfill_v1', callback = backfill, flags = {} }
