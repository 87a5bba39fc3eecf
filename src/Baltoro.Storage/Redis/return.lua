-- Ends a hold. KEYS: epoch, holds, leases. ARGV: prefix, id, used tokens (-1: as if the request had never come).
local text = redis.call('HGET', KEYS[2], ARGV[2])
if not text then return 0 end
local hold = cjson.decode(text)
local used = tonumber(ARGV[3])
local unused = used < 0 and hold.tokens or math.max(0, hold.tokens - used)
for _, take in ipairs(hold.takes) do
  local scope = ARGV[1] .. 's:' .. take[1]
  if redis.call('HINCRBY', scope, 'run', -1) < 0 then redis.call('HSET', scope, 'run', 0) end
  local slot = redis.call('HGET', scope, 'w' .. take[2])
  if slot then
    local requests, tokens = slot:match('(%d+):(%d+)')
    if used < 0 then requests = requests - 1 end
    redis.call('HSET', scope, 'w' .. take[2], string.format('%.0f:%.0f', requests, math.max(0, tokens - unused)))
  end
  if tonumber(redis.call('HGET', scope, 'day') or '-1') == hold.day then
    redis.call('HINCRBY', scope, 'daytok', string.format('%.0f', 0 - unused))
  end
end
redis.call('HDEL', KEYS[2], ARGV[2])
redis.call('ZREM', KEYS[3], ARGV[2])
return 1
