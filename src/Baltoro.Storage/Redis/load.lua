-- Replaces all counters of an organization. KEYS: epoch, holds, leases. ARGV: prefix, epoch, counters as JSON.
local load = cjson.decode(ARGV[3])
redis.call('DEL', KEYS[1], KEYS[2], KEYS[3])
for _, name in ipairs(load.forget) do redis.call('DEL', ARGV[1] .. 's:' .. name) end
for _, scope in ipairs(load.scopes) do
  local key = ARGV[1] .. 's:' .. scope.name
  redis.call('DEL', key)
  redis.call('HSET', key, 'run', scope.run, 'day', scope.day, 'daytok', string.format('%.0f', scope.daytok))
  for _, slot in ipairs(scope.slots) do redis.call('HSET', key, 'w' .. slot.at, slot.value) end
  redis.call('PEXPIRE', key, 172800000)
end
for _, hold in ipairs(load.holds) do
  redis.call('HSET', KEYS[2], hold.id, hold.value)
  redis.call('ZADD', KEYS[3], hold.lease, hold.id)
end
local run = redis.call('INFO', 'server'):match('run_id:(%x+)')
redis.call('SET', KEYS[1], run .. ':' .. ARGV[2], 'PX', 86400000)
return 1
