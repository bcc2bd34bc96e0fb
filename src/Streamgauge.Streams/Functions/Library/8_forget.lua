-- Forgets sessions that ended longer ago than they are retained, and takes them out of the totals.
-- `clock` is when the oldest entry that is not done with came, or now. An event that came at or after it is late if it is as old as a session that ended
-- `retain` before it, so what is forgotten could not have grown any more: forgetting changes no session that is kept.
-- A view that is being built is left alone: what its rebuild still has to count came long before.
local FORGOTTEN_MAX = 1000 -- sessions a call, over all views

local function forget_session(view, member)
  local id, first = string.match(member, '^(.*)\31(%d+)$')
  redis.call('ZREM', view.ends, member)
  local text = id and redis.call('HGET', view.sessions, id)
  local list = text and parse_sessions(text)
  for i = 1, list and #list or 0 do
    if list[i].first == tonumber(first) then
      weigh(view.tally, table.remove(list, i), -1)
      if #list == 0 then redis.call('HDEL', view.sessions, id) else redis.call('HSET', view.sessions, id, format_sessions(list)) end
      return true
    end
  end
  return false
end

-- Returns how many were forgotten, or nil when the view is gone.
local function forget_in(meta, prefix, clock, limit)
  local view = { sessions = prefix .. ':sessions', ends = prefix .. ':ends', totals = prefix .. ':totals', tally = new_tally() }
  local kinds = { sessions = 'hash', ends = 'zset', totals = 'hash' }
  for part, expected in pairs(kinds) do
    local kind = redis.call('TYPE', view[part]).ok
    if kind == 'none' and part == 'totals' then return nil end
    if kind ~= 'none' and kind ~= expected then return 0 end -- somebody wrote to our keys; commits say so
  end
  local rule = redis.call('HMGET', view.totals, 'gap_ms', 'retain_ms')
  local gap, retain = tonumber(rule[1]), tonumber(rule[2])
  if not gap or not retain then return 0 end
  local members = redis.call('ZRANGEBYSCORE', view.ends, '-inf', string.format('%.0f', clock - gap - retain), 'LIMIT', 0, limit)
  local forgotten = 0
  for i = 1, #members do
    if forget_session(view, members[i]) then forgotten = forgotten + 1 end
  end
  shift_totals(view, meta)
  return forgotten
end

local function forget_sessions(stream, meta, buckets, now, floor)
  local state = redis.call('HMGET', meta, 'session_views', 'rebuild_generation')
  if not state[1] then return end
  local newest = pairs_of(redis.call('XINFO', 'STREAM', stream))['last-generated-id']
  local clock = id_at_most(newest, floor) and now or math.min(now, tonumber((id_parts(floor))))
  local left, kept, has_gone = FORGOTTEN_MAX, {}, false
  for name in string.gmatch(state[1], '%S+') do
    local forgotten = 0
    if string.match(name, '(%d+)$') ~= state[2] then forgotten = forget_in(meta, '{' .. stream .. '}:' .. name, clock, left) end
    if forgotten then kept[#kept + 1] = name else has_gone = true end
    if forgotten and forgotten > 0 then
      left = left - forgotten
      note_session_view(buckets, name, add(meta, meta, 'commits', 1) or 0)
    end
  end
  if has_gone then redis.call('HSET', meta, 'session_views', table.concat(kept, ' ')) end
end
