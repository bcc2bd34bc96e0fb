-- What processors say of themselves, for whoever looks at the pipeline. Nothing is counted from it.

local REPORT_BYTES_MAX = 65536 -- ours have 1 to 10 KB

-- report: KEYS report   ARGV json ttl_ms
-- Replaces the report and lets it live on for ttl_ms. Replies 'OK'.
local function report(keys, args)
  local ttl = whole(args, 2)
  if ttl < 1 then refuse_arguments('a report lives 1 ms or longer, got ' .. ttl) end
  if #args[1] > REPORT_BYTES_MAX then refuse_arguments('a report has up to ' .. REPORT_BYTES_MAX .. ' bytes, got ' .. #args[1]) end
  return redis.call('SET', keys[1], args[1], 'PX', ttl)
end

-- allow-oom: small, replaced in place and gone after a minute; while Redis is full, live processors must not look dead.
redis.register_function{ function_name = 'sg_report_v1', callback = report, flags = { 'allow-oom' } }
