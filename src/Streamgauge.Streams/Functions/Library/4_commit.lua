-- commit: KEYS stream meta dead target…
--         ARGV group consumer updated newest_event_ms events late clamped dead_max
--              id_count id…
--              dead_entry_count (id reason)…                        ids among the ids above
--              dead_event_count (id index reason field_count (name value)…)…   single events out of frames
--              section_count (key_index view groups_max expire_at_ms sibling_count sibling_key_index…
--                             has_sum other_count_field other_sum_field row_count (count_field count [sum_field sum])…)…
-- Counts a batch and acknowledges it, or does nothing.
-- Replies {'OK', commits, floor} or {'MISSING', id…}: not pending for this consumer any more (counted before, or taken
-- over), nothing was written. Errors SGARGS, SGTYPE: nothing was written.

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

  -- 3. What the budgets allow.
  for s = 1, #sections do measure(sections[s], meta) end

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

redis.register_function{ function_name = 'sg_commit_v1', callback = commit, flags = { 'allow-oom' } }
