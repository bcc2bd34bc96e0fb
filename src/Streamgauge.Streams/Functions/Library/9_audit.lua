-- audit: KEYS stream meta bucket_key…   ARGV group
-- Buckets, and what is done with (counted, dead-lettered, lost) at the same moment, so that the retained stream can be counted again and compared.
-- Replies {seam, last_id, entries_added, delivered_id, pending, books, buckets}: the seam as text "floor first last …", books and each bucket flat.
-- delivered_id is '' when the group does not exist.
local function audit(keys, args)
  local stream, meta = keys[1], keys[2]
  local floor, ahead = read_done(meta)
  local words = { floor or '0-0' }
  for i = 1, #ahead do words[#words + 1] = ahead[i][1] .. ' ' .. ahead[i][2] end
  local added, last, delivered, pending = 0, '0-0', '', 0
  if redis.call('EXISTS', stream) == 1 then
    local info = pairs_of(redis.call('XINFO', 'STREAM', stream))
    added, last = info['entries-added'], info['last-generated-id']
    local groups = redis.call('XINFO', 'GROUPS', stream)
    for i = 1, #groups do
      local info = pairs_of(groups[i])
      if info.name == args[1] then delivered, pending = info['last-delivered-id'], info.pending end
    end
  end
  local buckets = {}
  for i = 3, #keys do buckets[i - 2] = redis.call('HGETALL', keys[i]) end
  return { table.concat(words, ' '), last, added, delivered, pending, redis.call('HGETALL', meta), buckets }
end

redis.register_function{ function_name = 'sg_audit_v1', callback = audit, flags = { 'no-writes', 'allow-oom' } }
