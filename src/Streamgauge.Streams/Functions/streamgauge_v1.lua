#!lua name=streamgauge_v1
-- revision: 2
--
-- Everything Streamgauge writes to Redis, each function one atomic step.
--
-- A Redis Function is atomic and replicates as one MULTI … EXEC, but an error half-way does not undo what was
-- written before it. Hence the one rule of this file: everything that can fail comes before the first write.
--
-- Names carry a version. A change of arguments or replies is a new version, loaded beside this one until its last
-- caller is gone; a fix that keeps both raises the revision and replaces the code in place.
-- All keys are declared and live in the slot of their stream. Lua keeps no state between calls.

local UNPACK_MAX = 4000 -- Lua refuses to unpack about 8,000 values

-- "ms-seq" compared as numbers; both parts of real ids stay below 2^53.
local function id_parts(id)
  local ms, seq = string.match(id, '^(%d+)-(%d+)$')
  return tonumber(ms), tonumber(seq)
end

local function id_at_most(a, b)
  local a_ms, a_seq = id_parts(a)
  local b_ms, b_seq = id_parts(b)
  return a_ms < b_ms or (a_ms == b_ms and a_seq <= b_seq)
end

-- The greatest id below `id`.
local function id_before(id)
  local ms, seq = id_parts(id)
  if seq > 0 then return string.format('%.0f-%.0f', ms, seq - 1) end
  return string.format('%.0f-9007199254740991', ms - 1)
end

local function now_ms()
  local time = redis.call('TIME')
  return tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
end

-- Flat reply of name, value, … as a table.
local function pairs_of(flat)
  local result = {}
  for i = 1, #flat, 2 do result[flat[i]] = flat[i + 1] end
  return result
end

local function refuse_arguments(what)
  error(redis.error_reply('SGARGS ' .. what))
end

-- Argument `at`, a whole number.
local function whole(args, at)
  local digits = string.match(args[at] or '', '^%d+$')
  if not digits then refuse_arguments('argument ' .. at .. ' is no whole number: ' .. tostring(args[at])) end
  return tonumber(digits)
end

-- HINCRBY that cannot fail half-way through a commit. Nil when the field holds no number, because somebody wrote to our
-- keys: what it should have counted is lost, everything else stays exact, and "residue" shows it.
local function add(meta, key, field, by)
  local total = redis.pcall('HINCRBY', key, field, by)
  if type(total) ~= 'table' then return total end
  redis.pcall('HINCRBY', meta, 'residue', 1)
  return nil
end

-- XACK of many ids; returns how many were pending.
local function acknowledge(stream, group, ids)
  local acknowledged = 0
  for first = 1, #ids, UNPACK_MAX do
    acknowledged = acknowledged + redis.call('XACK', stream, group, unpack(ids, first, math.min(first + UNPACK_MAX - 1, #ids)))
  end
  return acknowledged
end

-- Moves one entry to the dead-letter stream: origin and reason first, then its fields, each name behind "f:".
-- Frames and fields are kept whole up to FIELD_BYTES_KEPT.
local FIELD_BYTES_KEPT = 1048576
local FIELDS_KEPT = 1000
local function bury(dead, dead_max, origin, index, reason, group, consumer, deliveries, fields)
  local record = { 'origin', origin, 'index', index, 'reason', reason, 'group', group, 'consumer', consumer, 'deliveries', deliveries }
  for i = 1, math.min(#fields, 2 * FIELDS_KEPT), 2 do
    local value = fields[i + 1]
    if #value > FIELD_BYTES_KEPT then value = string.sub(value, 1, FIELD_BYTES_KEPT) end
    record[#record + 1] = 'f:' .. string.sub(fields[i], 1, FIELD_BYTES_KEPT)
    record[#record + 1] = value
  end
  redis.call('XADD', dead, 'MAXLEN', '~', dead_max, '*', unpack(record))
end

local function fields_of(stream, id)
  local found = redis.call('XRANGE', stream, id, id)
  if #found == 0 then return nil end
  return found[1][2]
end

-- What is done with (counted, dead-lettered or lost) and would be handed out again if the group were set backwards or made anew:
--   floor  everything at or below it
--   ahead  ranges above it: "first last first last …" ascending, while an older entry is still pending with somebody
-- Entries are delivered in order, so whatever lies below a delivered entry and is not pending is done with. Only ranges that this
-- proves to touch are joined: there is at most one per gap that pending entries leave. One consumer that commits in order has none.
local function read_done(meta)
  local stored = redis.call('HMGET', meta, 'floor', 'ahead')
  local ahead = {}
  if stored[2] then
    for first, last in string.gmatch(stored[2], '(%S+) (%S+)') do ahead[#ahead + 1] = { first, last } end
  end
  return stored[1], ahead
end

local function is_done(id, floor, ahead)
  if floor and id_at_most(id, floor) then return true end
  for i = 1, #ahead do
    if id_at_most(ahead[i][1], id) and id_at_most(id, ahead[i][2]) then return true end
  end
  return false
end

-- Those of `ids` that are done with. Cheap as long as none is: ascending, so the ends tell.
local function done_among(ids, floor, ahead)
  local first, last, done = ids[1], ids[#ids], {}
  local touches = floor and id_at_most(first, floor)
  for i = 1, #ahead do
    touches = touches or (id_at_most(ahead[i][1], last) and id_at_most(first, ahead[i][2]))
  end
  if not touches then return done end
  for i = 1, #ids do
    if is_done(ids[i], floor, ahead) then done[#done + 1] = ids[i] end
  end
  return done
end

-- Adds a range of delivered entries none of which is pending, and joins it with those before it as long as nothing is pending between.
local function note_ahead(stream, group, ahead, first, last)
  local at = #ahead + 1
  while at > 1 and id_at_most(first, ahead[at - 1][1]) do at = at - 1 end
  table.insert(ahead, at, { first, last })
  while at > 1 and #redis.call('XPENDING', stream, group, ahead[at - 1][1], last, 1) == 0 do
    ahead[at - 1][2] = id_at_most(ahead[at - 1][2], last) and last or ahead[at - 1][2]
    table.remove(ahead, at)
    at = at - 1
    last = ahead[at][2]
  end
end

-- Raises the floor as far as pending entries allow, never backwards; `reached` when there are none. Notes `ids`, just done with, if above it.
local function settle(stream, group, meta, floor, ahead, reached, ids)
  local had_ahead = #ahead > 0
  local pending = redis.call('XPENDING', stream, group)
  if pending[1] > 0 then reached = id_before(pending[2]) end
  if not floor or not id_at_most(reached, floor) then
    floor = reached
    redis.call('HSET', meta, 'floor', floor)
  end
  while #ahead > 0 and id_at_most(ahead[1][2], floor) do table.remove(ahead, 1) end

  local last = ids and ids[#ids]
  if last and not id_at_most(last, floor) then
    local above = 1
    while id_at_most(ids[above], floor) do above = above + 1 end
    if #redis.call('XPENDING', stream, group, ids[above], last, 1) == 0 then
      note_ahead(stream, group, ahead, ids[above], last)
    else
      for i = above, #ids do note_ahead(stream, group, ahead, ids[i], ids[i]) end
    end
  end
  if #ahead > 0 then
    local words = {}
    for i = 1, #ahead do words[i] = ahead[i][1] .. ' ' .. ahead[i][2] end
    redis.call('HSET', meta, 'ahead', table.concat(words, ' '))
  elseif had_ahead then
    redis.call('HDEL', meta, 'ahead')
  end
  return floor
end

------------------------------------------------------------------------------------------------------------------------
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

------------------------------------------------------------------------------------------------------------------------
-- join: KEYS stream meta aggregates   ARGV group session_retain_ms
-- Makes sure the group exists. A new one starts at the first entry; a lost one at the committed floor, because
-- everything up to there is in the aggregates already, and what lies ahead of it is refused when it comes again. Notes the session retention for readers.
-- Replies {'EXISTING' | 'CREATED' | 'RECREATED', floor, commits}.
local function join(keys, args)
  local stream, meta, aggregates, group = keys[1], keys[2], keys[3], args[1]
  local floor = redis.call('HGET', meta, 'floor')
  local commits = redis.call('HGET', meta, 'commits') or '0'
  local had_counts = floor or redis.call('EXISTS', aggregates) == 1
  redis.call('HSET', meta, 'session_retain_ms', args[2])
  local created = redis.pcall('XGROUP', 'CREATE', stream, group, floor or '0', 'MKSTREAM')
  if type(created) == 'table' and created.err then
    if string.find(created.err, 'BUSYGROUP', 1, true) then return { 'EXISTING', floor or '0-0', commits } end
    return created
  end
  return { had_counts and 'RECREATED' or 'CREATED', floor or '0-0', commits }
end

------------------------------------------------------------------------------------------------------------------------
-- commit: KEYS stream meta dead target…
--         ARGV group consumer updated newest_event_ms events late clamped dead_max
--              id_count id…
--              dead_entry_count (id reason)…                        ids among the ids above
--              dead_event_count (id index reason field_count (name value)…)…   single events out of frames
--              section_count (key_index view groups_max expire_at_ms sibling_count sibling_key_index…
--                             has_sum other_count_field other_sum_field row_count (count_field count [sum_field sum])…)…
-- Counts a batch and acknowledges it, or does nothing.
-- Replies {'OK', commits, floor} or {'MISSING', id…}: not pending for this consumer any more (counted before, or taken
-- over), nothing was written. Errors SGARGS, SGTYPE, SGFULL: nothing was written.

-- Ids of the batch that are not pending for the consumer. One range answers for all; single look-ups only for what it lacks.
local function missing_of(stream, group, consumer, ids)
  local pending = redis.call('XPENDING', stream, group, ids[1], ids[#ids], #ids, consumer)
  local same = #pending == #ids
  for i = 1, #pending do
    if not same then break end
    same = pending[i][1] == ids[i]
  end
  if same then return {} end
  local missing = {}
  for i = 1, #ids do
    if i > 1 and id_at_most(ids[i], ids[i - 1]) then refuse_arguments('entries must ascend, each once') end
    if #redis.call('XPENDING', stream, group, ids[i], ids[i], 1, consumer) == 0 then missing[#missing + 1] = ids[i] end
  end
  return missing
end

local function key_at(keys, args, at)
  return keys[whole(args, at)] or refuse_arguments('argument ' .. at .. ' names no key')
end

local function read_sections(keys, args, at)
  local sections = {}
  local count = whole(args, at)
  at = at + 1
  for s = 1, count do
    local section = { key = key_at(keys, args, at), view = args[at + 1], groups_max = whole(args, at + 2), expire_at = whole(args, at + 3), siblings = {} }
    local siblings = whole(args, at + 4)
    at = at + 5
    for i = 1, siblings do section.siblings[i] = key_at(keys, args, at + i - 1) end
    at = at + siblings
    section.has_sum = args[at] == '1'
    section.other_count, section.other_sum = args[at + 1], args[at + 2]
    section.rows = whole(args, at + 3)
    section.first = at + 4
    section.width = section.has_sum and 4 or 2
    at = section.first + section.rows * section.width
    sections[s] = section
  end
  return sections, at
end

-- A sum of at most 18 digits plus a delta of at most 18 digits cannot leave 64 bits.
local DIGITS_MAX = 19 -- with a sign
local function full_field(section, args)
  if not section.has_sum then return nil end
  for first = 0, section.rows - 1, UNPACK_MAX do
    local names = {}
    for r = first, math.min(first + UNPACK_MAX, section.rows) - 1 do
      names[#names + 1] = args[section.first + r * 4 + 2]
      if #args[section.first + r * 4 + 3] > DIGITS_MAX - 1 then return names[#names] end
    end
    if section.is_tight then names[#names + 1] = section.other_sum end
    local values = redis.call('HMGET', section.key, unpack(names))
    for i = 1, #names do
      if values[i] and #values[i] > DIGITS_MAX - 1 then return names[i] end
    end
  end
  return nil
end

-- Notes the groups known in a section's bucket, and whether the budget may run out inside this batch: only then does each
-- group need a look. Shared hashes are counted in meta; a bucket counts itself, with up to two fields that are no groups.
local function measure(section, meta)
  if section.expire_at > 0 then
    section.known = redis.call('HLEN', section.key)
    section.is_tight = section.known + section.rows > section.groups_max
    if not section.is_tight then return end
    section.known = section.known - redis.call('HEXISTS', section.key, 'continued') - redis.call('HEXISTS', section.key, section.other_count)
  else
    section.known = tonumber(redis.call('HGET', meta, 'groups:' .. section.view) or '0') or 0
  end
  section.is_tight = section.known + section.rows > section.groups_max
end

-- A group seen for the first time in this bucket may stand in older or newer buckets of the view too: `siblings` are all that can exist. Each bucket's field
-- "continued" counts its groups that go on in a later bucket, so that the number of distinct groups over all live buckets
-- is the sum of (fields - continued), whatever the order in which events arrive.
local function link_buckets(section, meta, field)
  if not section.older then
    -- Most siblings do not exist: event time may be anywhere between the oldest bucket kept and the allowed future.
    section.older, section.newer = {}, {}
    local side = section.older
    for i = 1, #section.siblings do
      local key = section.siblings[i]
      if key == section.key then side = section.newer
      elseif redis.call('EXISTS', key) == 1 then side[#side + 1] = key end
    end
  end
  for i = 1, #section.newer do
    if redis.call('HEXISTS', section.newer[i], field) == 1 then
      add(meta, section.key, 'continued', 1)
      return -- the next older bucket, if any, already counts the group as continued
    end
  end
  for i = #section.older, 1, -1 do
    if redis.call('HEXISTS', section.older[i], field) == 1 then
      add(meta, section.older[i], 'continued', 1)
      return
    end
  end
end

local function apply(section, meta, args)
  local key, width = section.key, section.width
  local known, linked = section.known, #section.siblings > 1
  local fresh = 0
  for r = 0, section.rows - 1 do
    local at = section.first + r * width
    local count_field, sum_field = args[at], args[at + 2]
    if section.is_tight and known + fresh >= section.groups_max and redis.call('HEXISTS', key, count_field) == 0 then
      count_field, sum_field = section.other_count, section.other_sum
    end
    local count = args[at + 1]
    local total = add(meta, key, count_field, count)
    if total == tonumber(count) and count_field ~= section.other_count then
      fresh = fresh + 1
      if linked then link_buckets(section, meta, count_field) end
    end
    if section.has_sum then add(meta, key, sum_field, args[at + 3]) end
  end
  if section.expire_at > 0 then
    redis.call('PEXPIREAT', key, string.format('%.0f', section.expire_at))
  elseif fresh > 0 then
    add(meta, meta, 'groups:' .. section.view, fresh)
  end
end

local function commit(keys, args)
  local stream, meta, dead = keys[1], keys[2], keys[3]
  local group, consumer, updated, newest, events, late, clamped, dead_max = unpack(args, 1, 8)

  -- 1. Shape. That no entry comes twice is part of the gate.
  for i = 4, 8 do whole(args, i) end
  local id_count = whole(args, 9)
  if id_count < 1 then refuse_arguments('commit needs at least one entry') end
  local ids = {}
  for i = 1, id_count do ids[i] = args[9 + i] or refuse_arguments('commit has fewer entries than it says') end
  local at = 10 + id_count
  local dead_entries, known_ids = {}, nil
  for i = 1, whole(args, at) do
    if not known_ids then
      known_ids = {}
      for j = 1, id_count do known_ids[ids[j]] = true end
    end
    dead_entries[i] = { args[at + 2 * i - 1], args[at + 2 * i] }
    if not known_ids[dead_entries[i][1]] then refuse_arguments('dead entry is not in the commit') end
  end
  at = at + 1 + 2 * #dead_entries
  local dead_events = {}
  local dead_event_count = whole(args, at)
  at = at + 1
  for i = 1, dead_event_count do
    local field_count = whole(args, at + 3)
    dead_events[i] = { args[at], args[at + 1], args[at + 2], at + 4, field_count }
    at = at + 4 + 2 * field_count
  end
  local sections, last = read_sections(keys, args, at)
  if last ~= #args + 1 then refuse_arguments('commit has ' .. #args .. ' arguments, its counts say ' .. (last - 1)) end

  for i = 2, #keys do
    local kind = redis.call('TYPE', keys[i]).ok
    local expected = i == 3 and 'stream' or 'hash'
    if kind ~= 'none' and kind ~= expected then return redis.error_reply('SGTYPE key ' .. i .. ' of the commit is a ' .. kind .. ', expected a ' .. expected) end
  end

  -- 2. The gate: all still ours and not counted before.
  local missing = missing_of(stream, group, consumer, ids)
  if #missing > 0 then return { 'MISSING', unpack(missing, 1, math.min(#missing, UNPACK_MAX)) } end
  local floor, ahead = read_done(meta)
  local done = done_among(ids, floor, ahead)
  if #done > 0 then
    -- Pending again although done with: the group was set backwards or made anew. They leave the pending list and change nothing.
    acknowledge(stream, group, done)
    add(meta, meta, 'refused_below_floor', #done)
    return { 'MISSING', unpack(done, 1, math.min(#done, UNPACK_MAX)) }
  end

  -- 3. Headroom of the sums.
  for s = 1, #sections do
    measure(sections[s], meta)
    if full_field(sections[s], args) then return redis.error_reply('SGFULL a sum of view ' .. sections[s].view .. ' has reached 18 digits') end
  end

  -- 4. The acknowledgement is the commit; from here on nothing fails.
  for i = 1, #dead_entries do
    local fields = fields_of(stream, dead_entries[i][1]) or {}
    bury(dead, dead_max, dead_entries[i][1], '-1', dead_entries[i][2], group, consumer, '1', fields)
  end
  acknowledge(stream, group, ids)
  for i = 1, #dead_events do
    local event = dead_events[i]
    local fields = {}
    for f = 1, 2 * event[5] do fields[f] = args[event[4] + f - 1] end
    bury(dead, dead_max, event[1], event[2], event[3], group, consumer, '1', fields)
  end
  for s = 1, #sections do apply(sections[s], meta, args) end
  if #sections > 0 then redis.call('HSET', keys[4], 'last_updated', updated) end
  add(meta, meta, 'entries', #ids - #dead_entries)
  add(meta, meta, 'events', events)
  if #dead_entries > 0 then add(meta, meta, 'dead_entries', #dead_entries) end
  if #dead_events > 0 then add(meta, meta, 'dead_events', #dead_events) end
  if late ~= '0' then add(meta, meta, 'late', late) end
  if clamped ~= '0' then add(meta, meta, 'clamped', clamped) end
  local newest_known = tonumber(redis.call('HGET', meta, 'newest_event_ms') or '0') or 0
  if tonumber(newest) > newest_known then redis.call('HSET', meta, 'newest_event_ms', newest) end
  local commits = add(meta, meta, 'commits', 1) or 0
  return { 'OK', commits, settle(stream, group, meta, floor, ahead, ids[#ids], ids) }
end

------------------------------------------------------------------------------------------------------------------------
-- recover: KEYS stream meta dead
--          ARGV group consumer mode idle_ms count after deliveries_max isolate_at entry_bytes_max dead_max
-- Hands pending entries to this consumer. Mode OWN: its own, after id `after`, delivery counts untouched (a lost connection
-- says nothing about the entry). Mode IDLE: those of others idle for idle_ms, one delivery more; an entry that brought
-- down deliveries_max consumers is dead-lettered unseen, one that brought down isolate_at is handed out alone.
-- Replies {entries, lost ids, dead ids, last id looked at}. Lost: trimmed while pending, which only a foreign XTRIM or XDEL does.
-- A page ends early once its entries exceed entry_bytes_max together, or a page of large ones would exceed what a client accepts.
local function bytes_of(fields)
  local bytes = 0
  for i = 1, #fields do bytes = bytes + #fields[i] end
  return bytes
end

local function recover(keys, args)
  local stream, meta, dead = keys[1], keys[2], keys[3]
  local group, consumer, mode = args[1], args[2], args[3]
  local idle_ms, count, after = args[4], tonumber(args[5]), args[6]
  local deliveries_max, isolate_at, bytes_max, dead_max = tonumber(args[7]), tonumber(args[8]), tonumber(args[9]), args[10]
  local own = mode == 'OWN'
  local pending = own
    and redis.call('XPENDING', stream, group, '(' .. after, '+', count, consumer)
    or redis.call('XPENDING', stream, group, 'IDLE', idle_ms, '(' .. after, '+', count)
  local entries, lost, buried, last, page_bytes = {}, {}, {}, '', 0
  for i = 1, #pending do
    local id, owner, deliveries = pending[i][1], pending[i][2], pending[i][4]
    if own or owner ~= consumer then
      local suspicious = not own and deliveries >= isolate_at
      if suspicious and #entries > 0 then break end
      local fields = fields_of(stream, id)
      local bytes = fields and bytes_of(fields) or 0
      if #entries > 0 and bytes <= bytes_max and page_bytes + bytes > bytes_max then break end
      if not fields then
        redis.call('XACK', stream, group, id)
        lost[#lost + 1] = id
      elseif (not own and deliveries >= deliveries_max) or bytes > bytes_max then
        bury(dead, dead_max, id, '-1', bytes > bytes_max and 'entry_too_large' or 'too_many_deliveries', group, owner, tostring(deliveries), fields)
        redis.call('XACK', stream, group, id)
        buried[#buried + 1] = id
      else
        if not own then redis.call('XCLAIM', stream, group, consumer, 0, id) end
        entries[#entries + 1] = { id, fields }
        page_bytes = page_bytes + bytes
      end
      last = id
      if suspicious and #entries > 0 then break end
    else
      last = id
    end
  end
  if #lost > 0 then add(meta, meta, 'lost', #lost) end
  if #buried > 0 then
    add(meta, meta, 'dead_entries', #buried)
    local floor, ahead = read_done(meta)
    settle(stream, group, meta, floor, ahead, buried[#buried], buried)
  end
  return { entries, lost, buried, last }
end

------------------------------------------------------------------------------------------------------------------------
-- tend: KEYS stream meta producers   ARGV group retain_ms retain_bytes_max consumer_idle_ms producer_idle_ms
-- Housekeeping in one step: raises the floor, trims below the low-water mark, forgets idle consumers that hold nothing
-- and producers long silent. Replies {floor, low-water mark, entries trimmed, stream length, stream bytes, consumers forgotten}.
local function tend(keys, args)
  local stream, meta, producers = keys[1], keys[2], keys[3]
  local group, retain_ms, bytes_max, consumer_idle, producer_idle = args[1], tonumber(args[2]), tonumber(args[3]), tonumber(args[4]), tonumber(args[5])
  local now = now_ms()

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
  if not delivered then return redis.error_reply('NOGROUP the group is gone') end
  local floor, ahead = read_done(meta)
  floor = settle(stream, group, meta, floor, ahead, delivered)

  local trimmed = 0
  local by_age = string.format('%.0f-0', math.max(now - retain_ms, 0))
  trimmed = redis.call('XTRIM', stream, 'MINID', '~', id_at_most(by_age, low) and by_age or low)
  local bytes = redis.call('MEMORY', 'USAGE', stream, 'SAMPLES', 5) or 0
  local length = redis.call('XLEN', stream)
  if bytes > bytes_max and length > 0 then
    local excess = math.ceil(length * (bytes - bytes_max) / bytes)
    trimmed = trimmed + redis.call('XTRIM', stream, 'MINID', '~', low, 'LIMIT', excess)
  end

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
  return { floor, low, trimmed, redis.call('XLEN', stream), bytes, forgotten }
end

------------------------------------------------------------------------------------------------------------------------
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
  local groups = redis.call('XINFO', 'GROUPS', stream)
  for i = 1, #groups do
    local entry = pairs_of(groups[i])
    if entry.name == group then delivered, pending = entry['last-delivered-id'], entry.pending end
  end
  local oldest, consumers = '', {}
  if pending > 0 then oldest = redis.call('XPENDING', stream, group)[2] end
  if oldest == '' then
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

------------------------------------------------------------------------------------------------------------------------
-- read: KEYS stream meta aggregates session_bucket…   ARGV group other_session_field
-- All counters at one moment. Replies {status, aggregates, meta, sessions}: two hashes flat, and the distinct sessions in the buckets.
-- A function and not MULTI … EXEC: a full Redis refuses to queue even reads.
local function read(keys, args)
  local sessions = 0
  for i = 4, #keys do
    local continued = redis.call('HGET', keys[i], 'continued')
    sessions = sessions + redis.call('HLEN', keys[i]) - redis.call('HEXISTS', keys[i], args[2])
    if continued then sessions = sessions - 1 - (tonumber(continued) or 0) end
  end
  return { status(keys, args), redis.call('HGETALL', keys[3]), redis.call('HGETALL', keys[2]), sessions }
end

------------------------------------------------------------------------------------------------------------------------
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

redis.register_function('sg_append_v1', append)
redis.register_function{ function_name = 'sg_join_v1', callback = join, flags = { 'allow-oom' } }
redis.register_function{ function_name = 'sg_commit_v1', callback = commit, flags = { 'allow-oom' } }
redis.register_function{ function_name = 'sg_recover_v1', callback = recover, flags = { 'allow-oom' } }
redis.register_function{ function_name = 'sg_tend_v1', callback = tend, flags = { 'allow-oom' } }
redis.register_function{ function_name = 'sg_status_v1', callback = status, flags = { 'no-writes', 'allow-oom' } }
redis.register_function{ function_name = 'sg_read_v1', callback = read, flags = { 'no-writes', 'allow-oom' } }
redis.register_function{ function_name = 'sg_leave_v1', callback = leave, flags = { 'allow-oom' } }
