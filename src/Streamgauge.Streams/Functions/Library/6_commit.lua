-- commit: KEYS stream meta dead buckets aggregates bucket…
--         ARGV group consumer updated newest_event_ms events late clamped dead_max views_version
--              id_count id…
--              dead_entry_count (id reason)…                        ids among the ids above
--              dead_event_count (id index reason field_count (name value)…)…   single events out of frames
--              section_count section…                               see the file of sections
--              [session_view_count session_view…]                   see the file of views of sessions
-- Counts a batch and acknowledges it, or does nothing.
-- Replies {'OK', commits, floor}, or, with nothing written, {'MISSING', id…}: not pending for this consumer any more (counted
-- before, or taken over), or {'VIEWS', version}: made for another catalog of views. Errors SGARGS, SGTYPE, SGDEAD: nothing was written.

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

local function commit(keys, args)
  local stream, meta, dead, buckets, aggregates = keys[1], keys[2], keys[3], keys[4], keys[5]
  local group, consumer, updated, newest, events, late, clamped, dead_max, views_version = unpack(args, 1, 9)

  -- 1. Shape. That no entry comes twice is part of the gate.
  for i = 4, 9 do whole(args, i) end
  local id_count = whole(args, 10)
  if id_count < 1 then refuse_arguments('commit needs at least one entry') end
  local ids = {}
  for i = 1, id_count do ids[i] = args[10 + i] or refuse_arguments('commit has fewer entries than it says') end
  local at = 11 + id_count
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
  local session_views, zsets
  session_views, zsets, last = read_session_views(keys, args, last)
  if last ~= #args + 1 then refuse_arguments('commit has ' .. #args .. ' arguments, its counts say ' .. (last - 1)) end

  check_types(keys, zsets)
  if #dead_entries + #dead_events > 0 then
    check_type(uncounted_of(stream), 'zset')
    local fault = dead_fault(dead)
    if fault then error(fault) end
  end

  -- 2. The gate: made for these views, all still ours and not counted before.
  local floor, ahead, version = read_done(meta)
  if version ~= views_version then return { 'VIEWS', version } end
  local missing = missing_of(stream, group, consumer, ids)
  if #missing > 0 then return { 'MISSING', unpack(missing, 1, math.min(#missing, UNPACK_MAX)) } end
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
    bury(stream, meta, dead, dead_max, dead_entries[i][1], '-1', dead_entries[i][2], group, consumer, '1', fields)
  end
  acknowledge(stream, group, ids)
  for i = 1, #dead_events do
    local event = dead_events[i]
    local fields = {}
    for f = 1, 2 * event[5] do fields[f] = args[event[4] + f - 1] end
    bury(stream, meta, dead, dead_max, event[1], event[2], event[3], group, consumer, '1', fields)
  end
  local commits = add(meta, meta, 'commits', 1) or 0
  local expired = apply_sections(sections, meta, args)
  if #sections > 0 then redis.call('HSET', aggregates, 'last_updated', updated) end
  note_buckets(buckets, sections, commits)
  for v = 1, #session_views do
    apply_session_view(session_views[v], meta, args)
    note_session_view(buckets, session_views[v].name, commits)
  end
  add(meta, meta, 'entries', #ids - #dead_entries)
  add(meta, meta, 'events', events)
  if #dead_entries > 0 then add(meta, meta, 'dead_entries', #dead_entries) end
  if #dead_events > 0 then add(meta, meta, 'dead_events', #dead_events) end
  if tonumber(late) + expired > 0 then add(meta, meta, 'late', string.format('%.0f', tonumber(late) + expired)) end
  if clamped ~= '0' then add(meta, meta, 'clamped', clamped) end
  local newest_known = tonumber(redis.call('HGET', meta, 'newest_event_ms') or '0') or 0
  if tonumber(newest) > newest_known then redis.call('HSET', meta, 'newest_event_ms', newest) end
  return { 'OK', commits, settle(stream, group, meta, floor, ahead, ids[#ids], ids) }
end

redis.register_function{ function_name = 'sg_commit_v1', callback = commit, flags = { 'allow-oom' } }
