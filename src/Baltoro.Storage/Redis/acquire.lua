-- Takes a request from every scope or from none. KEYS: epoch, holds, leases. ARGV: request as JSON.
-- A scope is a hash: run (requests that run), day, daytok, and w<slot> = "requests:tokens" of the sliding minute.
local ask = cjson.decode(ARGV[1])
local time = redis.call('TIME')
local now = ask.now > 0 and ask.now or time[1] * 1000 + math.floor(time[2] / 1000)
local day = math.floor(now / 86400000)
-- Counters of another life of the server (restarted from a snapshot, or a replica that took over) may lag: they do not count.
local run = redis.call('INFO', 'server'):match('run_id:(%x+)')
local epoch = redis.call('GET', KEYS[1])
if not epoch or epoch:sub(1, #run + 1) ~= run .. ':' then return cjson.encode({ code = 'rebuild' }) end
epoch = epoch:sub(#run + 2)

local function key(scope) return ask.prefix .. 's:' .. scope end

-- Gives back what lapsed holds took: their place and tokens, not their request.
for _, id in ipairs(redis.call('ZRANGEBYSCORE', KEYS[3], '-inf', now, 'LIMIT', 0, 100)) do
  local text = redis.call('HGET', KEYS[2], id)
  if text then
    local hold = cjson.decode(text)
    for _, take in ipairs(hold.takes) do
      redis.call('HINCRBY', key(take[1]), 'run', -1)
      local slot = redis.call('HGET', key(take[1]), 'w' .. take[2])
      if slot then
        local requests, tokens = slot:match('(%d+):(%d+)')
        redis.call('HSET', key(take[1]), 'w' .. take[2], requests .. ':' .. string.format('%.0f', math.max(0, tokens - hold.tokens)))
      end
      if tonumber(redis.call('HGET', key(take[1]), 'day') or '-1') == hold.day then
        redis.call('HINCRBY', key(take[1]), 'daytok', string.format('%.0f', 0 - hold.tokens))
      end
    end
  end
  redis.call('HDEL', KEYS[2], id)
  redis.call('ZREM', KEYS[3], id)
end

local binding = nil
local function later(scope, dimension, limit, current, requested, frees)
  local wait = frees or math.huge
  if not binding or wait > binding.wait then
    binding = { wait = wait, scope = scope, dimension = dimension, limit = limit, current = current, requested = requested, frees = frees }
  end
end

local function window(state, scope, dimension, limit, requested, field)
  if not limit then return end
  local used = state[field]
  if requested <= limit and used + requested <= limit then return end
  local left, frees = used, nil
  if requested <= limit then
    for _, slot in ipairs(state.slots) do
      left = left - slot[field]
      if left + requested <= limit then frees = slot.at + 60000 - now break end
    end
  end
  later(scope, dimension, limit, used, requested, frees)
end

local uses, takes, states = {}, {}, {}
local held = redis.call('HEXISTS', KEYS[2], ask.id) == 1
for index, scope in ipairs(ask.scopes) do
  local state = { run = 0, day = -1, daytok = 0, requests = 0, tokens = 0, slots = {} }
  local flat = redis.call('HGETALL', key(scope.name))
  for at = 1, #flat, 2 do
    local name, value = flat[at], flat[at + 1]
    if name:sub(1, 1) == 'w' then
      local slotAt = tonumber(name:sub(2))
      local requests, tokens = value:match('(%d+):(%d+)')
      if slotAt + 60000 <= now or slotAt > now + 60250 then
        redis.call('HDEL', key(scope.name), name)
      else
        table.insert(state.slots, { at = slotAt, requests = tonumber(requests), tokens = tonumber(tokens) })
        state.requests = state.requests + requests
        state.tokens = state.tokens + tokens
      end
    else
      state[name] = tonumber(value)
    end
  end
  if state.day ~= day then state.day, state.daytok = day, 0 end
  table.sort(state.slots, function(a, b) return a.at < b.at end)
  states[index] = state
  if not ask.peek and not held then
    if scope.concurrency and state.run >= scope.concurrency then later(scope.name, 'concurrency', scope.concurrency, state.run, 1, 1000) end
    window(state, scope.name, 'rpm', scope.rpm, 1, 'requests')
    window(state, scope.name, 'tpm', scope.tpm, ask.tokens, 'tokens')
    if scope.tpd and state.daytok + ask.tokens > scope.tpd then
      later(scope.name, 'tpd', scope.tpd, state.daytok, ask.tokens, ask.tokens <= scope.tpd and (day + 1) * 86400000 - now or nil)
    end
  end
end

local function add_use(scope, state)
  local last = #state.slots > 0 and state.slots[#state.slots].at + 60000 - now or 0
  table.insert(uses, { scope = scope.name, run = state.run, requests = state.requests, tokens = state.tokens, daytok = state.daytok,
    windowReset = last, dayReset = (day + 1) * 86400000 - now })
end

if binding or ask.peek or held then
  for index, scope in ipairs(ask.scopes) do add_use(scope, states[index]) end
  if binding then
    binding.wait = nil
    return cjson.encode({ code = 'refused', refusal = binding, uses = uses })
  end
  if ask.peek then return cjson.encode({ code = 'peek', uses = uses }) end
  local hold = cjson.decode(redis.call('HGET', KEYS[2], ask.id))
  return cjson.encode({ code = 'held', epoch = epoch, uses = uses, takes = hold.takes })
end

for index, scope in ipairs(ask.scopes) do
  local state = states[index]
  local slotAt = now
  if not scope.rpm or scope.rpm > 200 then slotAt = math.ceil(now / 250) * 250 end
  local field = 'w' .. string.format('%.0f', slotAt)
  local slot = redis.call('HGET', key(scope.name), field)
  local requests, tokens = 0, 0
  if slot then requests, tokens = slot:match('(%d+):(%d+)') end
  redis.call('HSET', key(scope.name), field, string.format('%.0f:%.0f', requests + 1, tokens + ask.tokens),
    'day', day, 'daytok', string.format('%.0f', state.daytok + ask.tokens))
  redis.call('HINCRBY', key(scope.name), 'run', 1)
  redis.call('PEXPIRE', key(scope.name), 172800000)
  table.insert(takes, { scope.name, string.format('%.0f', slotAt) })
  state.run, state.requests, state.tokens, state.daytok = state.run + 1, state.requests + 1, state.tokens + ask.tokens, state.daytok + ask.tokens
  table.insert(state.slots, { at = slotAt })
  add_use(scope, state)
end
redis.call('HSET', KEYS[2], ask.id, cjson.encode({ tokens = ask.tokens, day = day, takes = takes }))
redis.call('ZADD', KEYS[3], now + ask.lease, ask.id)
return cjson.encode({ code = 'taken', epoch = epoch, takes = takes, uses = uses })
