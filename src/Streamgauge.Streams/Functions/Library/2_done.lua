-- What is done with (counted, dead-lettered or lost) and would be handed out again if the group were set backwards or made anew:
--   floor  everything at or below it
--   ahead  ranges above it: "first last first last …" ascending, while an older entry is still pending with somebody
-- Entries are delivered in order, so whatever lies below a delivered entry and is not pending is done with. Only ranges that this
-- proves to touch are joined: there is at most one per gap that pending entries leave. One consumer that commits in order has none.

-- An id in the books; an error when somebody else wrote it: what is counted cannot be told then.
local function booked_id(meta, field, id)
  local ms, seq = id_parts(id)
  if ms and not is_below(PART_MAX, ms) and not is_below(PART_MAX, seq) then return id end
  error(redis.error_reply('SGBOOKS field ' .. field .. ' of ' .. meta .. ' holds no entry id: ' .. string.sub(id, 1, 50) .. '. Somebody wrote to it: set it to the last id that is counted, or restore a backup; nothing was written, and counting goes on by itself'))
end

-- Returns the floor, the ranges, and the version of the catalog of views, '0' for none.
local function read_done(meta)
  local stored = redis.call('HMGET', meta, 'floor', 'ahead', 'views_version')
  local ahead = {}
  if stored[2] then
    for first, last in string.gmatch(stored[2], '(%S+) (%S+)') do ahead[#ahead + 1] = { booked_id(meta, 'ahead', first), booked_id(meta, 'ahead', last) } end
  end
  return stored[1] and booked_id(meta, 'floor', stored[1]), ahead, stored[3] or '0'
end

local function is_done(id, floor, ahead)
  if floor and id_at_most(id, floor) then return true end
  for i = 1, #ahead do
    if id_at_most(ahead[i][1], id) and id_at_most(id, ahead[i][2]) then return true end
  end
  return false
end

-- Those of `ids` that are done with. Cheap as long as none is: ascending, so the ends tell.
local function done_among(ids, floor, ahead)
  local first, last, done = ids[1], ids[#ids], {}
  local touches = floor and id_at_most(first, floor)
  for i = 1, #ahead do
    touches = touches or (id_at_most(ahead[i][1], last) and id_at_most(first, ahead[i][2]))
  end
  if not touches then return done end
  for i = 1, #ids do
    if is_done(ids[i], floor, ahead) then done[#done + 1] = ids[i] end
  end
  return done
end

-- Adds a range of delivered entries none of which is pending, and joins it with those before it as long as nothing is pending between.
local function note_ahead(stream, group, ahead, first, last)
  local at = #ahead + 1
  while at > 1 and id_at_most(first, ahead[at - 1][1]) do at = at - 1 end
  table.insert(ahead, at, { first, last })
  -- What lies within it is done with already: recovery dead-letters an entry and hands out those around it.
  while ahead[at + 1] and id_at_most(ahead[at + 1][2], last) do table.remove(ahead, at + 1) end
  while at > 1 and #redis.call('XPENDING', stream, group, ahead[at - 1][1], last, 1) == 0 do
    ahead[at - 1][2] = id_at_most(ahead[at - 1][2], last) and last or ahead[at - 1][2]
    table.remove(ahead, at)
    at = at - 1
    last = ahead[at][2]
  end
end

-- "floor first last first last …", as a rebuild and an audit are told.
local function done_text(floor, ahead)
  local words = { floor or '0-0' }
  for i = 1, #ahead do words[#words + 1] = ahead[i][1] .. ' ' .. ahead[i][2] end
  return table.concat(words, ' ')
end

-- Raises the floor as far as pending entries allow, never backwards; `reached` when there are none. Notes `ids`, just done with, if above it.
local function settle(stream, group, meta, floor, ahead, reached, ids)
  local had_ahead = #ahead > 0
  local pending = redis.call('XPENDING', stream, group)
  if pending[1] > 0 then reached = id_before(pending[2]) end
  if not floor or not id_at_most(reached, floor) then
    floor = reached
    redis.call('HSET', meta, 'floor', floor)
  end
  while #ahead > 0 and id_at_most(ahead[1][2], floor) do table.remove(ahead, 1) end

  local last = ids and ids[#ids]
  if last and not id_at_most(last, floor) then
    local above = 1
    while id_at_most(ids[above], floor) do above = above + 1 end
    if #redis.call('XPENDING', stream, group, ids[above], last, 1) == 0 then
      note_ahead(stream, group, ahead, ids[above], last)
    else
      for i = above, #ids do note_ahead(stream, group, ahead, ids[i], ids[i]) end
    end
  end
  if #ahead > 0 then
    local words = {}
    for i = 1, #ahead do words[i] = ahead[i][1] .. ' ' .. ahead[i][2] end
    redis.call('HSET', meta, 'ahead', table.concat(words, ' '))
  elseif had_ahead then
    redis.call('HDEL', meta, 'ahead')
  end
  return floor
end
