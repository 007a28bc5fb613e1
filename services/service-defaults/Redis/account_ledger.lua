-- The version of an account's ledger: its length, counted on from the one that it replaced when it was written anew; '' when there is none.
local function ledger_version(key)
  local length = redis.call('STRLEN', key)
  if length == 0 then return '' end
  local replaced = string.match(redis.call('GETRANGE', key, 0, 24), '^\255(%d+);')
  return string.format('%d', length + tonumber(replaced or '0'))
end
