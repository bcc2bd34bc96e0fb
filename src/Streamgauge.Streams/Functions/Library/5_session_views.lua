-- What a commit adds to a view of sessions:
--   sessions_key ends_key totals_key name limit gap_ms retain_ms id_count (id part_count (first last events entry exit)…)…
-- keys by index; name is <view>.<generation>. A part is a session as far as the batch knows it; those of an id ascend and are more than a gap apart.

local IDS_AT_ONCE = 500

local function check_whole(args, at)
  if not string.find(args[at] or '', '^%d+$') then refuse_arguments('argument ' .. at .. ' is no whole number: ' .. tostring(args[at])) end
end

-- The views from argument `at` on (a count, then each; or nothing at all), which of the keys are sorted sets, and what comes behind.
local function read_session_views(keys, args, at)
  local views, zsets = {}, {}
  if at > #args then return views, zsets, at end
  local count = whole(args, at)
  at = at + 1
  for v = 1, count do
    local view = { sessions = key_at(keys, args, at), ends = key_at(keys, args, at + 1), totals = key_at(keys, args, at + 2), name = args[at + 3] or '' }
    zsets[tonumber(args[at + 1])] = true
    view.limit, view.gap, view.retain, view.ids = whole(args, at + 4), whole(args, at + 5), whole(args, at + 6), whole(args, at + 7)
    at = at + 8
    view.from = at
    for _ = 1, view.ids do
      local parts = whole(args, at + 1)
      at = at + 2
      for _ = 1, parts do
        for i = at, at + 2 do check_whole(args, i) end
        if not args[at + 4] then refuse_arguments('a session lacks its types') end
        at = at + 5
      end
    end
    view.tally = new_tally()
    views[v] = view
  end
  return views, zsets, at
end

local function join_sessions(session, other)
  if other.first < session.first or (other.first == session.first and is_text_below(other.entry, session.entry)) then session.entry = other.entry end
  if other.last > session.last or (other.last == session.last and is_text_below(session.exit, other.exit)) then session.exit = other.exit end
  if other.first < session.first then session.first, session.first_text = other.first, other.first_text end
  if other.last > session.last then session.last, session.last_text = other.last, other.last_text end
  session.events = session.events + other.events
end

-- A session that is about to change leaves the totals; what came of it is weighed in at the end.
local function touch(view, session)
  if session.stored and not session.touched then weigh(view.tally, session, -1) end
  session.touched = true
end

-- Puts a part into an id's sessions: joins all that are at most a gap away, or stands as a new one if the limit allows.
local function place(view, id, list, part, gone)
  local at = #list + 1
  while at > 1 and list[at - 1].last >= part.first - view.gap do at = at - 1 end
  local session = list[at]
  if not session or session.first - part.last > view.gap then
    if view.known >= view.limit then
      view.other = (view.other or 0) + part.events
      hide(view, id)
      return
    end
    view.known = view.known + 1
    part.touched = true
    table.insert(list, at, part)
    return
  end
  touch(view, session)
  join_sessions(session, part)
  while list[at + 1] and list[at + 1].first - session.last <= view.gap do
    local next_one = table.remove(list, at + 1)
    touch(view, next_one)
    if next_one.stored then gone[#gone + 1] = next_one.stored end
    join_sessions(session, next_one)
    view.known = view.known - 1
  end
end

-- The usual case at a quarter of the cost: one part that begins within the last session of its id and ends behind it. Returns the session's new text, or nil.
local function extend(view, id, record, args, at, ends)
  local first, last, events, entry, exit = string.match(record, RECORD_PATTERN)
  if not first then return nil end
  local begin, was, is = tonumber(first), tonumber(last), tonumber(args[at + 3])
  local part_begin = tonumber(args[at + 2])
  if part_begin <= begin or part_begin - was > view.gap or is <= was then return nil end
  local tally, known, more = view.tally, tonumber(events), tonumber(args[at + 4])
  tally.events = tally.events + more
  tally.duration_ms = tally.duration_ms + is - was
  shift(tally.durations, bound_of(was - begin, DURATIONS_MS), -1)
  shift(tally.durations, bound_of(is - begin, DURATIONS_MS), 1)
  shift(tally.counts, bound_of(known, EVENT_COUNTS), -1)
  shift(tally.counts, bound_of(known + more, EVENT_COUNTS), 1)
  shift(tally.exits, exit, -1)
  shift(tally.exits, args[at + 6], 1)
  ends[#ends + 1] = args[at + 3]
  ends[#ends + 1] = id .. FIELD .. first
  return first .. FIELD .. args[at + 3] .. FIELD .. string.format('%.0f', known + more) .. FIELD .. entry .. FIELD .. args[at + 6]
end

-- Adds the parts of one id, from argument `at` on, to what it has; returns its new text, or nil when nothing changed.
-- What it means for the sorted set goes to `gone` (members) and `ends` (score, member).
local function merge_id(view, meta, args, at, text, gone, ends)
  local id, list = args[at], {}
  local behind = text ~= '' and string.match(text, '^.*\30()') or 1 -- where the last session begins
  if text ~= '' and args[at + 1] == '1' then
    local extended = extend(view, id, string.sub(text, behind), args, at, ends)
    if extended then return string.sub(text, 1, behind - 1) .. extended end
  end

  -- Nearly always only the last session is concerned, and then what stands before it stays as it is.
  local last, head = text ~= '' and parse_session(string.sub(text, behind)), ''
  if last and tonumber(args[at + 2]) >= last.first then
    head, list = string.sub(text, 1, behind - 1), { last }
  elseif text ~= '' then
    list = parse_sessions(text)
    if not list then
      redis.pcall('HINCRBY', meta, 'residue', 1) -- somebody wrote to our keys
      return nil
    end
  end

  local replaced = {}
  for from = at + 2, at + 5 * tonumber(args[at + 1]), 5 do
    place(view, id, list, session_of(unpack(args, from, from + 4)), replaced)
  end
  local has_changed = false
  for i = 1, #list do
    local session = list[i]
    if session.touched then
      has_changed = true
      weigh(view.tally, session, 1)
      if session.stored and session.stored ~= session.first_text then replaced[#replaced + 1] = session.stored end
      ends[#ends + 1] = session.last_text
      ends[#ends + 1] = id .. FIELD .. session.first_text
    end
  end
  for i = 1, #replaced do gone[#gone + 1] = id .. FIELD .. replaced[i] end
  if has_changed then return head .. format_sessions(list) end
end

local function call_in_parts(command, key, values)
  for from = 1, #values, UNPACK_MAX do redis.call(command, key, unpack(values, from, math.min(from + UNPACK_MAX - 1, #values))) end
end

-- Adds a few hundred ids at once: a call into Redis costs more than what it does for one id.
local function apply_ids(view, meta, args, places)
  local ids = {}
  for i = 1, #places do ids[i] = args[places[i]] end
  local texts, known = redis.call('HMGET', view.sessions, unpack(ids)), {}
  local gone, ends, records = {}, {}, {}
  local function flush()
    call_in_parts('ZREM', view.ends, gone)
    call_in_parts('ZADD', view.ends, ends)
    call_in_parts('HSET', view.sessions, records)
    gone, ends, records = {}, {}, {}
  end
  for i = 1, #places do
    local id = ids[i]
    if known[id] ~= nil then flush() end -- one name for two ids that differ in what names leave out
    local text = merge_id(view, meta, args, places[i], known[id] or texts[i] or '', gone, ends)
    known[id] = text or known[id] or texts[i] or ''
    if text then
      records[#records + 1] = id
      records[#records + 1] = text
    end
  end
  flush()
end

local function apply_session_view(view, meta, args)
  view.known = redis.call('ZCARD', view.ends)
  local at, places = view.from, {}
  for i = 1, view.ids do
    places[#places + 1] = at
    at = at + 2 + 5 * tonumber(args[at + 1])
    if #places == IDS_AT_ONCE or i == view.ids then
      apply_ids(view, meta, args, places)
      places = {}
    end
  end
  shift_totals(view, meta)
  if view.other then
    add(meta, view.totals, 'other_events', string.format('%.0f', view.other))
    merge_registers(meta, view.totals, 'hidden', register_records(view.hidden))
  end
  local rule = redis.call('HMGET', view.totals, 'gap_ms', 'retain_ms')
  if tonumber(rule[1]) ~= view.gap or tonumber(rule[2]) ~= view.retain then
    redis.call('HSET', view.totals, 'gap_ms', string.format('%.0f', view.gap), 'retain_ms', string.format('%.0f', view.retain))
    local names = redis.call('HGET', meta, 'session_views') or ''
    if not string.find(' ' .. names .. ' ', ' ' .. view.name .. ' ', 1, true) then
      redis.call('HSET', meta, 'session_views', names == '' and view.name or names .. ' ' .. view.name)
    end
  end
end
