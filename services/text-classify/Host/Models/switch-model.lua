-- Makes a model live, a shadow or neither, and keeps who did it and why. All in one slot, so all or nothing.
-- KEYS: live, shadows, version, history.
-- ARGV: model, its new state, its version, etag (a version, or empty), actor, reason, time in ms, shadows at most,
--       the model that is live where nobody has switched, the live model as the caller knows it, its version, and the numbers of the states
--       off, shadow and live.
-- Returns changed | same | is-live | stale | limit.
local model, state = ARGV[1], ARGV[2]
local off, shadow, live_state = ARGV[12], ARGV[13], ARGV[14]
if ARGV[4] ~= '' and ARGV[4] ~= (redis.call('GET', KEYS[3]) or '0') then
  return 'stale'
end
local pinned = redis.call('GET', KEYS[1])
local live = pinned or ARGV[9]
local before = off
if model == live then
  before = live_state
elseif redis.call('SISMEMBER', KEYS[2], model) == 1 then
  before = shadow
end
-- Making the model of the setting live for the first time is a change: from then on another setting does not change it.
if before == state and not (state == live_state and not pinned) then
  return 'same'
end
if before == live_state and state ~= live_state then
  return 'is-live'
end
if state == shadow and redis.call('SCARD', KEYS[2]) >= tonumber(ARGV[8]) then
  return 'limit'
end

local function keep(who, version, from, to, reason)
  local number = string.format('%.0f', redis.call('INCR', KEYS[3]))
  redis.call('XADD', KEYS[4], number .. '-0', 'model', who, 'version', version, 'before', from, 'after', to,
    'actor', ARGV[5], 'reason', reason, 'time_ms', ARGV[7])
end

keep(model, ARGV[3], before, state, ARGV[6])
if state == live_state then
  redis.call('SET', KEYS[1], model)
  redis.call('SREM', KEYS[2], model)
  if live ~= model then
    keep(live, live == ARGV[10] and ARGV[11] or '', live_state, off, 'Replaced by ' .. model)
  end
elseif state == shadow then
  redis.call('SADD', KEYS[2], model)
else
  redis.call('SREM', KEYS[2], model)
end
return 'changed'
