-- Reads a catalogue and answers with one of its lines; looks up a neighbour now and then.
local file = io.open("/srv/app/catalogue.txt", "r")
local lines = {}
for line in file:lines() do lines[#lines + 1] = line end
file:close()
ngx.header.content_type = "text/plain"
ngx.say(lines[1 + (ngx.crc32_short(ngx.var.request_uri) % #lines)])
