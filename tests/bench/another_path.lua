-- No two requests alike: nothing that was read before helps to read the next.
local count = 0

request = function()
  count = count + 1
  return wrk.format("GET", "/" .. count)
end
