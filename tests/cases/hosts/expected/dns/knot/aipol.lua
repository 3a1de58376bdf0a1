-- aipol: response policy zones of com.acme. Load it from kresd.conf with dofile.
-- It only denies: what a zone lets through is left to your own policy rules.
local ffi = require('ffi')
local zones, networks = {}, {}

local function zone(name, file)
	zones[name] = policy.rpz(policy.DENY, file)
end

local function network(text, name)
	local address = ffi.new('char[16]')
	local length = ffi.C.kr_straddr_subnet(address, text)
	assert(length >= 0, text)
	table.insert(networks, {ffi.C.kr_straddr_family(text), address, length, name})
end

local function zone_of(source)
	for _, each in ipairs(networks) do
		local family, address, length, name = unpack(each)
		if family == source:family() and ffi.C.kr_bitcmp(address, source:ip(), length) == 0 then
			return zones[name]
		end
	end
	return zones['default.aipol.invalid']
end

policy.add(function (request, query)
	local source = request.qsource.addr
	local answer = source ~= nil and zone_of(source)
	local action = answer and answer(request, query)
	if action ~= false and action ~= policy.PASS then
		return action
	end
end)

zone('default.aipol.invalid', '/etc/knot-resolver/aipol/segments/default/rpz.zone')
