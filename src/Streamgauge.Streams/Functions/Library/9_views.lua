-- view_changes: KEYS stream meta buckets   ARGV group after page
-- Which buckets changed after commit number `after`, and how things stand at that moment.
-- Replies {status, views_version, commits, changed, more}: changed as flat (bucket revision)…, more is 1 when there are further ones.
-- A page ends with a whole commit, whose buckets all have its number: the next page begins behind a number. So it may hold somewhat more.
local function view_changes(keys, args)
  local buckets, page = keys[3], whole(args, 3)
  local books = redis.call('HMGET', keys[2], 'views_version', 'commits')
  local changed = redis.call('ZRANGEBYSCORE', buckets, string.format('(%.0f', whole(args, 2)), '+inf', 'WITHSCORES', 'LIMIT', 0, page)
  local more = 0
  if #changed >= 2 * page then
    local last, kept = changed[#changed], #changed
    while kept > 0 and changed[kept] == last do kept = kept - 2 end
    local whole_commit = redis.call('ZRANGEBYSCORE', buckets, last, last, 'WITHSCORES')
    for i = 1, #whole_commit do changed[kept + i] = whole_commit[i] end
    more = 1
  end
  return { status({ keys[1] }, { args[1] }), books[1] or '0', books[2] or '0', changed, more }
end

-- view_buckets: KEYS meta buckets bucket_key…   ARGV fields_max bucket…
-- Buckets, each with its revision, at one moment. Replies {commits, {revision, fields}…}: fields flat, revision 0 for a bucket that is not listed.
-- Ends early, after at least one bucket, when more than `fields_max` fields would be sent; the caller asks again for the rest.
local function view_buckets(keys, args)
  local fields_max, fields = whole(args, 1), 0
  local reply = { redis.call('HGET', keys[1], 'commits') or '0' }
  for i = 3, #keys do
    fields = fields + redis.call('HLEN', keys[i])
    if i > 3 and fields > fields_max then break end
    reply[#reply + 1] = { redis.call('ZSCORE', keys[2], args[i - 1]) or '0', redis.call('HGETALL', keys[i]) }
  end
  return reply
end

-- view_built_in: KEYS meta aggregates   no arguments
-- The buckets of the built-in views, which share a hash, at one moment. Replies {commits, aggregates, meta}, both hashes flat.
local function view_built_in(keys)
  return { redis.call('HGET', keys[1], 'commits') or '0', redis.call('HGETALL', keys[2]), redis.call('HGETALL', keys[1]) }
end

-- view_catalog: KEYS meta views   no arguments
-- The catalog and its version at one moment. Replies {views_version, json}, json '' when there is none.
local function view_catalog(keys)
  return { redis.call('HGET', keys[1], 'views_version') or '0', redis.call('GET', keys[2]) or '' }
end

redis.register_function{ function_name = 'sg_view_changes_v1', callback = view_changes, flags = { 'no-writes', 'allow-oom' } }
redis.register_function{ function_name = 'sg_view_buckets_v1', callback = view_buckets, flags = { 'no-writes', 'allow-oom' } }
redis.register_function{ function_name = 'sg_view_built_in_v1', callback = view_built_in, flags = { 'no-writes', 'allow-oom' } }
redis.register_function{ function_name = 'sg_view_catalog_v1', callback = view_catalog, flags = { 'no-writes', 'allow-oom' } }
