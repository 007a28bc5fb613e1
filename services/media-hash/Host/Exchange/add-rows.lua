-- Writes rows of one prefix, each unless its entry is there; see add-row.lua.
-- KEYS: rows. ARGV: field, content, payload of each.
-- Returns of each: new | same | conflict | unfinished, the incarnation, and of an unfinished one the payload that is there.
local answer = {}
for i = 1, #ARGV, 3 do
  local status, incarnation, payload = 'new', '', ''
  local row = redis.call('HGET', KEYS[1], ARGV[i])
  if row then
    local life, version, content, rest = string.match(row, '^(%S+) (%S+) (%S+) (.*)$')
    if version ~= '-1' then
      if content ~= ARGV[i + 1] then
        status = 'conflict'
      elseif version == '0' then
        status, incarnation, payload = 'unfinished', life, rest
      else
        status = 'same'
      end
    end
  end
  if status == 'new' then
    incarnation = string.format('%.0f', redis.call('HINCRBY', KEYS[1], '#', 1))
    redis.call('HSET', KEYS[1], ARGV[i], incarnation .. ' 0 ' .. ARGV[i + 1] .. ' ' .. ARGV[i + 2])
  end
  answer[#answer + 1] = status
  answer[#answer + 1] = incarnation
  answer[#answer + 1] = payload
end
return answer
