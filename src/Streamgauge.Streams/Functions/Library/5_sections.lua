-- Sections: what a commit adds to one bucket of one view.
--   key_index view groups_max expire_at_ms bucket_name sibling_count sibling_key_index…
--   column_count (kind prefix suffix)… row_count (group cell…)…
-- A row is a group, a cell what it adds to a column, stored in the hash field prefix .. group .. suffix. Kinds of column:
--   +  a whole number to add; the first column is the count        <  >  a whole number, the smaller or larger is kept
--   u  registers to merge: 3 bytes each, ascending                 q     "index count index count …" to add to fields prefix .. index .. ':' .. group
-- An empty cell adds nothing. All merge in any order to the same bytes.
-- Reserved fields of a bucket: groups (how many), hidden (registers of the names beyond the budget), continued (see link).
-- The built-in views of all time share one hash in which these would be in the way; theirs are fields groups:<view> and hidden:<view> of meta.

local OTHER = '(other)'
local AGGREGATES = 5 -- the key that the built-in views of all time share

local function key_at(keys, args, at)
  return keys[whole(args, at)] or refuse_arguments('argument ' .. at .. ' names no key')
end

-- Keys of a commit, backfill or recovery: stream meta dead buckets aggregates bucket…
-- `zsets`: numbers of further keys that are sorted sets, of session views.
local function check_types(keys, zsets)
  for i = 2, #keys do
    check_type(keys[i], i == 3 and 'stream' or (i == 4 or zsets[i]) and 'zset' or 'hash')
  end
end

local function read_sections(keys, args, at)
  local sections = {}
  local count = whole(args, at)
  at = at + 1
  for s = 1, count do
    local section = { key = key_at(keys, args, at), shared = args[at] == tostring(AGGREGATES), view = args[at + 1], groups_max = whole(args, at + 2), expire_at = whole(args, at + 3) }
    section.bucket_name = args[at + 4]
    section.siblings = {}
    local siblings = whole(args, at + 5)
    at = at + 6
    for i = 1, siblings do section.siblings[i] = key_at(keys, args, at + i - 1) end
    at = at + siblings
    section.columns = {}
    local columns = whole(args, at)
    if columns < 1 then refuse_arguments('a section needs a column') end
    at = at + 1
    for c = 1, columns do
      section.columns[c] = { kind = args[at], prefix = args[at + 1], suffix = args[at + 2] }
      at = at + 3
    end
    section.rows = whole(args, at)
    section.first = at + 1
    at = section.first + section.rows * (1 + columns)
    sections[s] = section
  end
  return sections, at
end

-- Whether the budget may run out inside this batch: only then does each group need a look.
local function measure(section, meta)
  local known = section.shared and redis.call('HGET', meta, 'groups:' .. section.view) or not section.shared and redis.call('HGET', section.key, 'groups')
  section.known = tonumber(known or '0') or 0
  section.is_tight = section.known + section.rows > section.groups_max
end

-- A group seen for the first time in this bucket may stand in older or newer buckets of the view too: `siblings` are all that can exist. Each bucket's field
-- "continued" counts its groups that go on in a later bucket, so that the number of distinct groups over all live buckets
-- is the sum of (groups - continued), whatever the order in which events arrive.
local function link(section, meta, field)
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

local function keep_extreme(meta, key, field, cell, wants_less)
  local known = redis.call('HGET', key, field)
  if known and not string.match(known, '^%-?%d+$') then
    redis.pcall('HINCRBY', meta, 'residue', 1) -- somebody wrote to our keys
  elseif not known or (wants_less and is_below(cell, known)) or (not wants_less and is_below(known, cell)) then
    redis.call('HSET', key, field, cell)
  end
end

local function merge_registers(meta, key, field, records)
  local known = redis.call('HGET', key, field) or ''
  if #known ~= REGISTERS and (#known % 3 ~= 0 or #known > 3 * REGISTERS_SPARSE) then
    redis.pcall('HINCRBY', meta, 'residue', 1)
    return
  end
  local merged = merged_registers(known, records)
  if merged then redis.call('HSET', key, field, merged) end
end

-- The groups beyond the budget are counted together; how many they were is estimated from their names.
local function hide(section, group)
  section.hidden = section.hidden or {}
  local register, rank = locate_register(group)
  if rank > (section.hidden[register] or 0) then section.hidden[register] = rank end
end

local function apply_row(section, meta, args, at)
  local key, columns, group = section.key, section.columns, args[at]
  local field = columns[1].prefix .. group .. columns[1].suffix
  if section.is_tight and section.known >= section.groups_max and redis.call('HEXISTS', key, field) == 0 then
    hide(section, group)
    group = OTHER
    field = columns[1].prefix .. group .. columns[1].suffix
  end
  local total = add(meta, key, field, args[at + 1])
  if total == tonumber(args[at + 1]) and group ~= OTHER then
    section.known = section.known + 1
    section.fresh = (section.fresh or 0) + 1
    if #section.siblings > 1 then link(section, meta, field) end
  end
  for c = 2, #columns do
    local column, cell = columns[c], args[at + c]
    local kind = column.kind
    if cell == '' then -- nothing to add
    elseif kind == '+' then add(meta, key, column.prefix .. group .. column.suffix, cell)
    elseif kind == 'u' then merge_registers(meta, key, column.prefix .. group .. column.suffix, cell)
    elseif kind == 'q' then
      for index, count in string.gmatch(cell, '(%-?%d+) (%d+)') do add(meta, key, column.prefix .. index .. ':' .. group .. column.suffix, count) end
    else keep_extreme(meta, key, column.prefix .. group .. column.suffix, cell, kind == '<') end
  end
end

-- Sections that only count, with their budget out of sight, are most of all rows: one addition each, and nothing looked up twice.
local function apply_counts(section, meta, args)
  local key, prefix, suffix = section.key, section.columns[1].prefix, section.columns[1].suffix
  local is_linked, fresh = #section.siblings > 1, 0
  for at = section.first, section.first + 2 * section.rows - 1, 2 do
    local group, count = args[at], args[at + 1]
    local field = prefix .. group .. suffix
    local total = add(meta, key, field, count)
    if total == tonumber(count) and group ~= OTHER then
      fresh = fresh + 1
      if is_linked then link(section, meta, field) end
    end
  end
  if fresh > 0 then section.fresh = fresh end
end

local function apply(section, meta, args)
  local width = 1 + #section.columns
  if width == 2 and not section.is_tight then apply_counts(section, meta, args)
  else
    for r = 0, section.rows - 1 do apply_row(section, meta, args, section.first + r * width) end
  end
  local owner, names = section.key, ''
  if section.shared then owner, names = meta, ':' .. section.view end
  if section.fresh then add(meta, owner, 'groups' .. names, section.fresh) end
  if section.hidden then merge_registers(meta, owner, 'hidden' .. names, register_records(section.hidden)) end
  if section.expire_at > 0 then redis.call('PEXPIREAT', section.key, string.format('%.0f', section.expire_at)) end
end

-- Applies all sections but those whose bucket is over by Redis's own clock: their events waited for longer than it is kept.
-- Returns how many events those hold; they are late.
local function apply_sections(sections, meta, args)
  local now, expired = now_ms(), 0
  for s = 1, #sections do
    local section = sections[s]
    if section.expire_at == 0 or section.expire_at > now then
      apply(section, meta, args)
    else
      section.bucket_name = ''
      for r = 0, section.rows - 1 do expired = expired + (tonumber(args[section.first + r * (1 + #section.columns) + 1]) or 0) end
    end
  end
  return expired
end

-- Notes which buckets this commit changed, so that readers need not look at the others.
local function note_buckets(buckets, sections, commits)
  local number = string.format('%.0f', commits)
  for s = 1, #sections do
    local name = sections[s].bucket_name
    if name ~= '' then redis.call('ZADD', buckets, number, name) end
  end
  redis.call('ZADD', buckets, number, 'aggregates')
end
