-- Dead letters, for those who look after them. A letter is a fact and never changes: what was read of it holds as long as it is there,
-- so whoever retries one says itself what is appended in its place.

-- dead_status: KEYS dead   no arguments
-- Replies {length, oldest_id, last_id}: last_id is the newest ever given, so that whoever goes through all letters knows where to end. Ids are '' when there is no such stream.
local function dead_status(keys)
  if redis.call('EXISTS', keys[1]) == 0 then return { 0, '', '' } end
  local oldest = redis.call('XRANGE', keys[1], '-', '+', 'COUNT', 1)[1]
  local info = pairs_of(redis.call('XINFO', 'STREAM', keys[1]))
  return { info.length, oldest and oldest[1] or '', info['last-generated-id'] }
end

-- A page of letters, {{id, bytes, is_whole, fields}…}. A letter of more than bytes_max comes without the fields of its event, is_whole 0:
-- with bytes_max 0 all do. A page ends early once its letters exceed bytes_max together; behind the last one is an empty page.
local function letter_page(found, bytes_max)
  local page_bytes, letters = 0, {}
  for i = 1, #found do
    local id, fields = found[i][1], found[i][2]
    local bytes = bytes_of(fields)
    local is_whole = bytes <= bytes_max
    if is_whole and page_bytes > 0 and page_bytes + bytes > bytes_max then break end
    if is_whole then
      page_bytes = page_bytes + bytes
    else
      local head = {}
      for f = 1, #fields, 2 do
        if string.sub(fields[f], 1, 2) == 'f:' then break end
        head[f], head[f + 1] = fields[f], fields[f + 1]
      end
      fields = head
    end
    letters[#letters + 1] = { id, bytes, is_whole and 1 or 0, fields }
  end
  return letters
end

-- dead_letters: KEYS dead   ARGV from to count bytes_max
-- Replies a page as XRANGE gives it, oldest first; from may be "(id".
local function dead_letters(keys, args)
  return letter_page(redis.call('XRANGE', keys[1], args[1], args[2], 'COUNT', whole(args, 3)), whole(args, 4))
end

-- dead_newest: KEYS dead   ARGV from count bytes_max
-- Replies a page as XREVRANGE gives it, newest first, down from an id; from is "+" or "(id".
local function dead_newest(keys, args)
  return letter_page(redis.call('XREVRANGE', keys[1], args[1], '-', 'COUNT', whole(args, 2)), whole(args, 3))
end

-- retry: KEYS stream meta dead   ARGV letter_id field_count (name value)…
-- Appends an entry in place of a letter. The letter goes in the same step, so it is a letter or back in the stream, never both and never neither.
-- Replies {'OK', id}, or, with nothing written, {'GONE', ''}: it was retried, dropped or pushed out before.
local function retry(keys, args)
  local stream, meta, dead, letter, fields = keys[1], keys[2], keys[3], args[1], whole(args, 2)
  if fields < 1 or #args ~= 2 + 2 * fields then refuse_arguments('retry has ' .. #args .. ' arguments, its count says ' .. (2 + 2 * fields)) end
  if 2 * fields > UNPACK_MAX then refuse_arguments('an entry of ' .. fields .. ' fields is none of ours') end
  if #redis.call('XRANGE', dead, letter, letter) == 0 then return { 'GONE', '' } end
  local id = redis.call('XADD', stream, '*', unpack(args, 3)) -- of all writes the only one that can be refused
  redis.call('XDEL', dead, letter)
  add(meta, meta, 'dead_retried', 1)
  return { 'OK', id }
end

-- drop: KEYS meta dead   ARGV letter_id…
-- Deletes letters for good. Replies how many there were.
local function drop(keys, args)
  if #args < 1 or #args > UNPACK_MAX then refuse_arguments('drop takes 1 to ' .. UNPACK_MAX .. ' letters, got ' .. #args) end
  local dropped = redis.call('XDEL', keys[2], unpack(args))
  if dropped > 0 then add(keys[1], keys[1], 'dead_dropped', dropped) end
  return dropped
end

redis.register_function{ function_name = 'sg_dead_status_v1', callback = dead_status, flags = { 'no-writes', 'allow-oom' } }
redis.register_function{ function_name = 'sg_dead_letters_v1', callback = dead_letters, flags = { 'no-writes', 'allow-oom' } }
redis.register_function{ function_name = 'sg_dead_newest_v1', callback = dead_newest, flags = { 'no-writes', 'allow-oom' } }
-- No allow-oom: a full Redis takes no event back, and its letter stays.
redis.register_function{ function_name = 'sg_retry_v1', callback = retry, flags = {} }
redis.register_function{ function_name = 'sg_drop_v1', callback = drop, flags = { 'allow-oom' } }
