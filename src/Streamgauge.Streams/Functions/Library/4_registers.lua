-- HyperLogLog registers as stored: sparse, 3 bytes per register that is not zero (register high, register low, rank), ascending;
-- dense, one rank per byte, as soon as more than REGISTERS_SPARSE are not zero. The same set always gives the same bytes.
local REGISTERS = 4096
local REGISTERS_SPARSE = 682 -- above it the sparse form would soon be larger than the dense one is worth

local function merged_dense(known, records)
  local parts, from = {}, 1
  for i = 1, #records, 3 do
    local high, low, rank = string.byte(records, i, i + 2)
    local at = high * 256 + low + 1
    if rank > string.byte(known, at) then
      parts[#parts + 1] = string.sub(known, from, at - 1)
      parts[#parts + 1] = string.char(rank)
      from = at + 1
    end
  end
  if #parts == 0 then return nil end
  parts[#parts + 1] = string.sub(known, from)
  return table.concat(parts)
end

local function dense_of(sparse)
  local ranks = {}
  for i = 1, REGISTERS do ranks[i] = '\0' end
  for i = 1, #sparse, 3 do
    local high, low = string.byte(sparse, i, i + 1)
    ranks[high * 256 + low + 1] = string.sub(sparse, i + 2, i + 2)
  end
  return table.concat(ranks)
end

-- First record of `sparse` at or behind byte `from` whose register is not below `register`; may be behind the end.
local function record_at(sparse, from, register)
  local low, high = from, #sparse + 1
  while low < high do
    local middle = low + math.floor((high - low) / 6) * 3
    local b1, b2 = string.byte(sparse, middle, middle + 1)
    if b1 * 256 + b2 < register then low = middle + 3 else high = middle end
  end
  return low
end

-- Registers `known` with `records` (sparse form) merged in; nil when nothing changes.
local function merged_registers(known, records)
  if #known == REGISTERS then return merged_dense(known, records) end
  local parts, from = {}, 1
  for i = 1, #records, 3 do
    local high, low, rank = string.byte(records, i, i + 2)
    local at = record_at(known, from, high * 256 + low)
    local known_high, known_low, known_rank = string.byte(known, at, at + 2)
    local is_known = known_high == high and known_low == low
    if not is_known or rank > known_rank then
      parts[#parts + 1] = string.sub(known, from, at - 1)
      parts[#parts + 1] = string.sub(records, i, i + 2)
      from = is_known and at + 3 or at
    end
  end
  if #parts == 0 then return nil end
  parts[#parts + 1] = string.sub(known, from)
  local merged = table.concat(parts)
  if #merged > 3 * REGISTERS_SPARSE then return dense_of(merged) end
  return merged
end

-- Where a name falls: its register and rank, from a hash that Redis has.
local LEADING_ZEROS = { ['0'] = 4, ['1'] = 3, ['2'] = 2, ['3'] = 2, ['4'] = 1, ['5'] = 1, ['6'] = 1, ['7'] = 1 }
local function locate_register(name)
  local hex = redis.sha1hex(name)
  local rank = 1
  for i = 4, 16 do
    local zeros = LEADING_ZEROS[string.sub(hex, i, i)] or 0
    rank = rank + zeros
    if zeros < 4 then break end
  end
  return tonumber(string.sub(hex, 1, 3), 16), rank
end

-- Ranks by register as sparse records.
local function register_records(ranks)
  local registers, records = {}, {}
  for register in pairs(ranks) do registers[#registers + 1] = register end
  table.sort(registers)
  for i = 1, #registers do records[i] = string.char(math.floor(registers[i] / 256), registers[i] % 256, ranks[registers[i]]) end
  return table.concat(records)
end
