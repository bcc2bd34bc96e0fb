#!lua name=streamgauge_v1
--
-- Everything Streamgauge writes to Redis, each function one atomic step.
--
-- A Redis Function is atomic and replicates as one MULTI … EXEC, but an error half-way does not undo what was
-- written before it. Hence the one rule of this file: everything that can fail comes before the first write.
--
-- Names carry a version. A change of arguments or replies is a new version, loaded beside this one until its last
-- caller is gone; a fix that keeps both raises the revision and replaces the code in place.
-- All keys are declared and live in the slot of their stream. Lua keeps no state between calls.
--
-- The files of this folder are one library, joined in the order of their names.

local REVISION = 7

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

local function now_us()
  local time = redis.call('TIME')
  return tonumber(time[1]) * 1000000 + tonumber(time[2])
end

local function now_ms()
  return math.floor(now_us() / 1000)
end

-- Flat reply of name, value, … as a table.
local function pairs_of(flat)
  local result = {}
  for i = 1, #flat, 2 do result[flat[i]] = flat[i + 1] end
  return result
end

-- What XINFO GROUPS says of one group of a stream that exists; nil when it has none of that name.
local function find_group(stream, name)
  local groups = redis.call('XINFO', 'GROUPS', stream)
  for i = 1, #groups do
    local info = pairs_of(groups[i])
    if info.name == name then return info end
  end
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
-- keys, or a sum would leave 64 bits: what it should have counted is lost, everything else stays exact, and "residue" shows it.
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
-- Frames and fields are kept whole up to FIELD_BYTES_KEPT. A dead-letter stream that takes nothing more, because a client wrote the
-- greatest id there is, must not stop counting: the letter is lost then, and "residue" shows it.
local FIELD_BYTES_KEPT = 1048576
local FIELDS_KEPT = 1000
local function bury(meta, dead, dead_max, origin, index, reason, group, consumer, deliveries, fields)
  local record = { 'origin', origin, 'index', index, 'reason', reason, 'group', group, 'consumer', consumer, 'deliveries', deliveries }
  for i = 1, math.min(#fields, 2 * FIELDS_KEPT), 2 do
    local value = fields[i + 1]
    if #value > FIELD_BYTES_KEPT then value = string.sub(value, 1, FIELD_BYTES_KEPT) end
    record[#record + 1] = 'f:' .. string.sub(fields[i], 1, FIELD_BYTES_KEPT)
    record[#record + 1] = value
  end
  if redis.pcall('XADD', dead, 'MAXLEN', '~', dead_max, '*', unpack(record)).err then redis.pcall('HINCRBY', meta, 'residue', 1) end
end

local function fields_of(stream, id)
  local found = redis.call('XRANGE', stream, id, id)
  if #found == 0 then return nil end
  return found[1][2]
end
