#!lua name=streamgauge_v1
--
-- Everything Streamgauge writes to Redis, each function one atomic step.
--
-- A Redis Function is atomic and replicates as one MULTI … EXEC, but an error half-way does not undo what was
-- written before it. Hence the one rule of this file: everything that can fail comes before the first write.
--
-- Names carry a version. A change of arguments or replies is a new version, loaded beside this one until its last
-- caller is gone; a fix that keeps both raises the revision and replaces the code in place.
-- Keys are declared, or companions of the stream by name; all live in the slot of their stream. Lua keeps no state between calls.
--
-- The files of this folder are one library, joined in the order of their names.

local REVISION = 16

local UNPACK_MAX = 4000 -- Lua refuses to unpack about 8,000 values

-- Whether decimal a < b. Both may have 20 digits, more than a double tells apart: then equal doubles are settled by their digits.
local function is_below(a, b)
  local x, y = tonumber(a), tonumber(b)
  if x ~= y then return x < y end
  local negative = string.sub(a, 1, 1) == '-'
  if #a ~= #b then return (#a < #b) ~= negative end
  if negative then return a > b end
  return a < b
end

-- Both parts of an id have 64 bits, and clients may use them all: they stay digits.
local function id_parts(id)
  return string.match(id, '^0*(%d+)-0*(%d+)$')
end

local function id_at_most(a, b)
  local a_ms, a_seq = id_parts(a)
  local b_ms, b_seq = id_parts(b)
  if a_ms ~= b_ms then return is_below(a_ms, b_ms) end
  return not is_below(b_seq, a_seq)
end

-- The digits of a whole number above 0, less one.
local function decremented(digits)
  local head, digit, zeros = string.match(digits, '^(%d*)([1-9])(0*)$')
  return (string.gsub(head .. (digit - 1) .. string.rep('9', #zeros), '^0+(%d)', '%1'))
end

-- The greatest id below `id`.
local PART_MAX = '18446744073709551615'
local ID_MAX = PART_MAX .. '-' .. PART_MAX -- nothing is behind it, and Redis refuses a range that begins there
local function id_before(id)
  local ms, seq = id_parts(id)
  if seq ~= '0' then return ms .. '-' .. decremented(seq) end
  return decremented(ms) .. '-' .. PART_MAX
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

-- A wrong type would fail half-way through.
local function check_type(key, expected)
  local kind = redis.call('TYPE', key).ok
  if kind ~= 'none' and kind ~= expected then error(redis.error_reply('SGTYPE ' .. key .. ' is a ' .. kind .. ', expected a ' .. expected .. ': somebody wrote to it. Rename it away; nothing was counted, and counting goes on by itself')) end
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

local function bytes_of(fields)
  local bytes = 0
  for i = 1, #fields do bytes = bytes + #fields[i] end
  return bytes
end

-- Entries that were dead-lettered for what they did, or because our version could not read them: whoever counts the stream again must pass them
-- over, also when their letters are gone. A sorted set of their ids by time, kept until the stream is trimmed past them.
local UNSEEN = { too_many_deliveries = true, entry_too_large = true, commit_refused = true, frame_version = true }
local function uncounted_of(stream)
  return '{' .. stream .. '}:uncounted'
end

-- Why the dead-letter stream takes no letters, or nil: an event whose letter could not be written would vanish. Its last millisecond is a client's doing,
-- and may have room for some letters and not for all of a commit.
local function dead_fault(dead)
  if redis.call('EXISTS', dead) == 0 then return nil end
  local last = pairs_of(redis.call('XINFO', 'STREAM', dead))['last-generated-id']
  if id_parts(last) ~= PART_MAX then return nil end
  return redis.error_reply('SGDEAD ' .. dead .. ' takes no more letters: a client wrote ' .. last .. ' to it. RENAME it away; nothing was counted, and counting goes on by itself')
end

-- Moves one entry to the dead-letter stream: origin and reason first, then its fields, each name behind "f:". Of one that was retried
-- (RETRY_MARK "times first_origin", see the file of dead letters) the mark becomes fields of the letter's own.
-- Frames and fields are kept whole up to FIELD_BYTES_KEPT. Letters that its bound pushes out are counted. Whoever calls has seen that there is room.
local FIELD_BYTES_KEPT = 1048576
local FIELDS_KEPT = 1000
local RETRY_MARK = 'sg:retried'
local function bury(stream, meta, dead, dead_max, origin, index, reason, group, consumer, deliveries, fields)
  local record = { 'origin', origin, 'index', index, 'reason', reason, 'group', group, 'consumer', consumer, 'deliveries', deliveries }
  local times, first_origin
  if index == '-1' and fields[#fields - 1] == RETRY_MARK then times, first_origin = string.match(fields[#fields], '^(%d+) (%d+%-%d+)$') end
  local count = #fields
  if times then
    for _, part in ipairs({ 'retried', times, 'first_origin', first_origin }) do record[#record + 1] = part end
    count = count - 2
  end
  for i = 1, math.min(count, 2 * FIELDS_KEPT), 2 do
    local value = fields[i + 1]
    if #value > FIELD_BYTES_KEPT then value = string.sub(value, 1, FIELD_BYTES_KEPT) end
    record[#record + 1] = 'f:' .. string.sub(fields[i], 1, FIELD_BYTES_KEPT)
    record[#record + 1] = value
  end
  if redis.pcall('XADD', dead, '*', unpack(record)).err then
    redis.pcall('HINCRBY', meta, 'residue', 1)
  else
    local evicted = redis.pcall('XTRIM', dead, 'MAXLEN', '~', dead_max)
    if type(evicted) == 'number' and evicted > 0 then add(meta, meta, 'dead_evicted', evicted) end
  end
  if UNSEEN[reason] and index == '-1' and type(redis.pcall('ZADD', uncounted_of(stream), (string.match(origin, '^%d+')), origin)) == 'table' then
    redis.pcall('HINCRBY', meta, 'residue', 1)
  end
end

local function fields_of(stream, id)
  local found = redis.call('XRANGE', stream, id, id)
  if #found == 0 then return nil end
  return found[1][2]
end
