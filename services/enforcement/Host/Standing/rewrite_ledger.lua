--#include account_ledger.lua
-- Puts what has to stay of a ledger in the place of the whole one, unless it has changed since it was read.
-- KEYS: 1 ledger
-- ARGV: 1 version as read, 2 the ledger anew, or '' when nothing stays, 3 keep (ms), '0' without an end, or 'as before'
-- Returns 1, or 0 when it has changed.
if ledger_version(KEYS[1]) ~= ARGV[1] then return 0 end
if ARGV[2] == '' then
  redis.call('UNLINK', KEYS[1])
elseif ARGV[3] == 'as before' then
  redis.call('SET', KEYS[1], ARGV[2], 'KEEPTTL')
elseif ARGV[3] == '0' then
  redis.call('SET', KEYS[1], ARGV[2])
else
  redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
end
return 1
