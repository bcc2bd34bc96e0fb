-- Views of sessions: events of one id, none more than a gap after the one before it. The three keys of a view:
--   sessions  hash: id -> its sessions, ascending, each "first last events entry exit" with U+001F between, U+001E between sessions
--   ends      sorted set: id .. U+001F .. first, by last: what is live, and what is to be forgotten next
--   totals    hash: sessions events duration_ms duration:<bound> events:<bound> entry:<type> exit:<type>, all of the sessions kept and none of them 0;
--             entry_types exit_types (how many of those fields), other_events and hidden (beyond the limit), gap_ms retain_ms
-- Whatever changes sessions takes them out of the totals and puts in what came of them, so the same events give the same bytes in any order.
-- Field session_views of meta lists the views as <view>.<generation>, for housekeeping.

local FIELD, RECORD = '\31', '\30'
local TYPES_MAX = 1000
local DURATIONS_MS = { 0, 10000, 30000, 60000, 180000, 600000, 1800000, 3600000, 10800000 } -- upper bounds, inclusive; beyond the last it is "more"
local EVENT_COUNTS = { 1, 2, 3, 5, 10, 20, 50, 100 }

local function bound_of(number, bounds)
  for i = 1, #bounds do
    if number <= bounds[i] then return bounds[i] end
  end
  return 'more'
end

-- What a call changes in the totals of a view.
local function new_tally()
  return { sessions = 0, events = 0, duration_ms = 0, durations = {}, counts = {}, entries = {}, exits = {} }
end

local function shift(counts, key, by)
  counts[key] = (counts[key] or 0) + by
end

-- Takes a session into the totals (sign 1) or out of them (-1).
local function weigh(tally, session, sign)
  local duration = session.last - session.first
  tally.sessions = tally.sessions + sign
  tally.events = tally.events + sign * session.events
  tally.duration_ms = tally.duration_ms + sign * duration
  shift(tally.durations, bound_of(duration, DURATIONS_MS), sign)
  shift(tally.counts, bound_of(session.events, EVENT_COUNTS), sign)
  shift(tally.entries, session.entry, sign)
  shift(tally.exits, session.exit, sign)
end

-- A session as it is worked on: numbers to compare, and the texts they came as, since making texts of numbers is what costs.
-- `stored` is the start it is stored under, if it is.
local function session_of(first, last, events, entry, exit, stored)
  return { first = tonumber(first), last = tonumber(last), events = tonumber(events), entry = entry, exit = exit, first_text = first, last_text = last, stored = stored, touched = false }
end

local RECORD_PATTERN = '^(%d+)\31(%d+)\31(%d+)\31([^\31]*)\31([^\31]*)$'

local function parse_session(text)
  local first, last, events, entry, exit = string.match(text, RECORD_PATTERN)
  return first and session_of(first, last, events, entry, exit, first)
end

-- The sessions in a stored text, or nil when somebody else wrote it.
local function parse_sessions(text)
  local list = {}
  for record in string.gmatch(text, '[^\30]+') do
    list[#list + 1] = parse_session(record) or false
    if not list[#list] then return nil end
  end
  return list
end

local function format_sessions(list)
  local records = {}
  for i = 1, #list do
    local session = list[i]
    records[i] = session.first_text .. FIELD .. session.last_text .. FIELD .. string.format('%.0f', session.events) .. FIELD .. session.entry .. FIELD .. session.exit
  end
  return table.concat(records, RECORD)
end

-- Whether text a comes before b, byte by byte: Lua's own < goes by the server's locale.
local function is_text_below(a, b)
  for i = 1, math.min(#a, #b) do
    local x, y = string.byte(a, i), string.byte(b, i)
    if x ~= y then return x < y end
  end
  return #a < #b
end

-- Moves a total and removes it at 0, so that the bytes are those of the sessions kept, whatever came and went.
local function shift_total(view, meta, field, by)
  if add(meta, view.totals, field, string.format('%.0f', by)) == 0 then redis.call('HDEL', view.totals, field) end
end

-- Entry and exit types: at most TYPES_MAX of each have a field, the others share one. A type may come to have both, when room came back meanwhile:
-- then it is taken from its own first. So no field falls below 0, and together they are exact.
local function shift_type(view, meta, kind, name, by)
  local field, other = kind .. ':' .. name, kind .. ':' .. OTHER
  local stored = redis.call('HGET', view.totals, field)
  local known = tonumber(stored or '0')
  if field == other or not known then
    shift_total(view, meta, field, by)
  elseif not stored and by > 0 then
    if (tonumber(redis.call('HGET', view.totals, kind .. '_types') or '0') or 0) >= TYPES_MAX then
      shift_total(view, meta, other, by)
    else
      shift_total(view, meta, field, by)
      shift_total(view, meta, kind .. '_types', 1)
    end
  else
    local own = math.max(by, -known)
    if own ~= 0 then shift_total(view, meta, field, own) end
    if known > 0 and known + own == 0 then shift_total(view, meta, kind .. '_types', -1) end
    if own ~= by then shift_total(view, meta, other, by - own) end
  end
end

local function shift_totals(view, meta)
  local tally = view.tally
  for _, field in ipairs({ 'sessions', 'events', 'duration_ms' }) do
    if tally[field] ~= 0 then shift_total(view, meta, field, tally[field]) end
  end
  for bound, by in pairs(tally.durations) do
    if by ~= 0 then shift_total(view, meta, 'duration:' .. bound, by) end
  end
  for bound, by in pairs(tally.counts) do
    if by ~= 0 then shift_total(view, meta, 'events:' .. bound, by) end
  end
  for name, by in pairs(tally.entries) do
    if by ~= 0 then shift_type(view, meta, 'entry', name, by) end
  end
  for name, by in pairs(tally.exits) do
    if by ~= 0 then shift_type(view, meta, 'exit', name, by) end
  end
end

-- As note_buckets, for the keys of a view.
local function note_session_view(buckets, name, commits)
  local number = string.format('%.0f', commits)
  redis.call('ZADD', buckets, number, name .. ':sessions', number, name .. ':ends', number, name .. ':totals')
end
