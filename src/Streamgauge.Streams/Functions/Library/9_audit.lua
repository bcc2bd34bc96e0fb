-- audit: KEYS stream meta bucket_key…   ARGV group
-- Buckets (hashes; of a view of sessions one is a sorted set, given with its scores), and what is done with (counted, dead-lettered, lost) at the same
-- moment, so that the retained stream can be counted again and compared.
-- Replies {seam, last_id, entries_added, delivered_id, pending, books, buckets}: the seam as text "floor first last …", books and each bucket flat.
-- delivered_id is '' when the group does not exist.
local function audit(keys, args)
  local stream, meta = keys[1], keys[2]
  local floor, ahead = read_done(meta)
  local added, last, delivered, pending = 0, '0-0', '', 0
  if redis.call('EXISTS', stream) == 1 then
    local info = pairs_of(redis.call('XINFO', 'STREAM', stream))
    added, last = info['entries-added'], info['last-generated-id']
    local group = find_group(stream, args[1])
    if group then delivered, pending = group['last-delivered-id'], group.pending end
  end
  local buckets = {}
  for i = 3, #keys do
    local is_sorted = redis.call('TYPE', keys[i]).ok == 'zset'
    buckets[i - 2] = is_sorted and redis.call('ZRANGE', keys[i], 0, -1, 'WITHSCORES') or redis.call('HGETALL', keys[i])
  end
  return { done_text(floor, ahead), last, added, delivered, pending, redis.call('HGETALL', meta), buckets }
end

redis.register_function{ function_name = 'sg_audit_v1', callback = audit, flags = { 'no-writes', 'allow-oom' } }
