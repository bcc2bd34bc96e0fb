-- recover: KEYS stream meta dead
--          ARGV group consumer mode idle_ms count after deliveries_max isolate_at entry_bytes_max dead_max
-- Hands pending entries to this consumer. Mode OWN: its own, after id `after`, delivery counts untouched (a lost connection
-- says nothing about the entry). Mode IDLE: those of others idle for idle_ms, one delivery more; an entry that brought
-- down deliveries_max consumers is dead-lettered unseen, one that brought down isolate_at is handed out alone.
-- Replies {entries, lost ids, dead (id, reason)…, last id looked at}. Lost: trimmed while pending, which only a foreign XTRIM or XDEL does.
-- What is done with and pending again (see commit) is neither lost nor dead: it leaves the pending list and changes nothing.
-- Errors SGTYPE, SGDEAD: nothing was written. A page ends early once its entries exceed entry_bytes_max together, or a page of large ones would exceed what a client accepts.
local function recover(keys, args)
  local stream, meta, dead = keys[1], keys[2], keys[3]
  local group, consumer, mode = args[1], args[2], args[3]
  local idle_ms, count, after = args[4], tonumber(args[5]), args[6]
  local deliveries_max, isolate_at, bytes_max, dead_max = tonumber(args[7]), tonumber(args[8]), tonumber(args[9]), args[10]
  check_types(keys, {})
  check_type(uncounted_of(stream), 'zset')
  local own = mode == 'OWN'
  if after == ID_MAX then return { {}, {}, {}, '' } end
  local pending = own
    and redis.call('XPENDING', stream, group, '(' .. after, '+', count, consumer)
    or redis.call('XPENDING', stream, group, 'IDLE', idle_ms, '(' .. after, '+', count)
  local floor, ahead = read_done(meta)
  local entries, lost, buried, reasons, refused, last, page_bytes = {}, {}, {}, {}, 0, '', 0
  for i = 1, #pending do
    local id, owner, deliveries = pending[i][1], pending[i][2], pending[i][4]
    if own or owner ~= consumer then
      local suspicious = not own and deliveries >= isolate_at
      if suspicious and #entries > 0 then break end
      local fields = fields_of(stream, id)
      local bytes = fields and bytes_of(fields) or 0
      if #entries > 0 and bytes <= bytes_max and page_bytes + bytes > bytes_max then break end
      local is_given_up = (not own and deliveries >= deliveries_max) or bytes > bytes_max
      local fault = is_given_up and dead_fault(dead)
      if fault then
        if last == '' then error(fault) end -- nothing is written yet; else the page ends here, and the next one begins with this entry
        break
      end
      if (not fields or is_given_up) and is_done(id, floor, ahead) then
        redis.call('XACK', stream, group, id)
        refused = refused + 1
      elseif not fields then
        redis.call('XACK', stream, group, id)
        lost[#lost + 1] = id
      elseif is_given_up then
        local reason = bytes > bytes_max and 'entry_too_large' or 'too_many_deliveries'
        bury(stream, meta, dead, dead_max, id, '-1', reason, group, owner, tostring(deliveries), fields)
        redis.call('XACK', stream, group, id)
        buried[#buried + 1] = id
        reasons[#reasons + 1] = { id, reason }
      else
        if not own then redis.call('XCLAIM', stream, group, consumer, 0, id) end
        entries[#entries + 1] = { id, fields }
        page_bytes = page_bytes + bytes
      end
      last = id
      if suspicious and #entries > 0 then break end
    else
      last = id
    end
  end
  if refused > 0 then add(meta, meta, 'refused_below_floor', refused) end
  if #lost > 0 then add(meta, meta, 'lost', #lost) end
  if #buried > 0 then
    add(meta, meta, 'dead_entries', #buried)
    settle(stream, group, meta, floor, ahead, buried[#buried], buried)
  end
  return { entries, lost, reasons, last }
end

redis.register_function{ function_name = 'sg_recover_v1', callback = recover, flags = { 'allow-oom' } }
